/* SPDX-License-Identifier: Apache-2.0 */
/* format: see format.h. */
#include "printscout/queue/format.h"

#include <string.h>
#include <strings.h>

/* What each of profile_mimes begins with. */
static const struct {
    const char *bytes;
    size_t len;
} magic[PROFILE_MIMES] = {{"%PDF-", 5}, {"RaS2", 4}, {"UNIRAST\0", 8}, {"\xff\xd8\xff", 3}, {"%!", 2}};

_Static_assert(PROFILE_MIMES + 1 == FORMATS_MAX, "each format, and FORMAT_ANY");

size_t format_list(const struct profile *p, uint32_t flags, const char *out[static FORMATS_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < PROFILE_MIMES; i++) {
        if (profile_offers(p, flags, i))
            out[n++] = profile_mimes[i].name;
    }
    out[n++] = FORMAT_ANY;
    return n;
}

const char *format_find(const char *const *list, size_t count, const char *mime)
{
    const size_t len = strcspn(mime, "; ");

    for (size_t i = 0; i < count; i++) {
        if (strlen(list[i]) == len && strncasecmp(list[i], mime, len) == 0)
            return list[i];
    }
    return NULL;
}

const char *format_of(const uint8_t *head, size_t len)
{
    for (size_t i = 0; i < PROFILE_MIMES; i++) {
        if (len >= magic[i].len && memcmp(head, magic[i].bytes, magic[i].len) == 0)
            return profile_mimes[i].name;
    }
    return FORMAT_ANY;
}

int format_takes(const char *const *list, size_t count, uint32_t flags, const char *format)
{
    if (strcmp(format, FORMAT_ANY) == 0)
        return (flags & POLICY_ANY_FORMAT_ALLOWED) != 0;
    return format_find(list, count, format) != NULL;
}
