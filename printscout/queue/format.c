/* SPDX-License-Identifier: Apache-2.0 */
/* format: see format.h. */
#include "printscout/queue/format.h"

#include <string.h>
#include <strings.h>

static const struct format {
    const char *mime;
    uint16_t of_profile; /* enum profile_format */
    uint32_t policy;     /* enum policy_flag that it needs; 0: none */
    const char *magic;
    size_t magic_len;
} formats[] = {
    {"application/pdf", PROFILE_PDF, 0, "%PDF-", 5},
    {"image/pwg-raster", PROFILE_PWG_RASTER, 0, "RaS2", 4},
    {"image/urf", PROFILE_URF, 0, "UNIRAST\0", 8},
    {"image/jpeg", PROFILE_JPEG, 0, "\xff\xd8\xff", 3},
    {"application/postscript", PROFILE_POSTSCRIPT, POLICY_POSTSCRIPT_ALLOWED, "%!", 2},
};
#define COUNT (sizeof formats / sizeof *formats)

_Static_assert(COUNT + 1 == FORMATS_MAX, "each format, and FORMAT_ANY");

size_t format_list(const struct profile *p, uint32_t flags, const char *out[static FORMATS_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < COUNT; i++) {
        const struct format *f = &formats[i];

        if ((p->formats & f->of_profile) != 0 && (flags & f->policy) == f->policy)
            out[n++] = f->mime;
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
    for (size_t i = 0; i < COUNT; i++) {
        if (len >= formats[i].magic_len && memcmp(head, formats[i].magic, formats[i].magic_len) == 0)
            return formats[i].mime;
    }
    return FORMAT_ANY;
}

int format_takes(const char *const *list, size_t count, uint32_t flags, const char *format)
{
    if (strcmp(format, FORMAT_ANY) == 0)
        return (flags & POLICY_ANY_FORMAT_ALLOWED) != 0;
    return format_find(list, count, format) != NULL;
}
