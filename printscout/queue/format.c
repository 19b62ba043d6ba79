/* SPDX-License-Identifier: Apache-2.0 */
/* format: see format.h. */
#include "printscout/queue/format.h"

#include <string.h>
#include <strings.h>

static const char *const taken[] = {
    "application/pdf", "image/pwg-raster", "image/urf", "image/jpeg", "application/postscript", FORMAT_ANY,
};

static const struct {
    const char *magic;
    size_t len;
    const char *mime;
} magics[] = {
    {"%PDF-", 5, "application/pdf"},
    {"RaS2", 4, "image/pwg-raster"},
    {"UNIRAST\0", 8, "image/urf"},
    {"\xff\xd8\xff", 3, "image/jpeg"},
    {"%!PS-Adobe", 10, "application/postscript"},
};

const char *const *format_list(size_t *count)
{
    *count = sizeof taken / sizeof *taken;
    return taken;
}

const char *format_find(const char *mime)
{
    const size_t len = strcspn(mime, "; ");

    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        if (strlen(taken[i]) == len && strncasecmp(taken[i], mime, len) == 0)
            return taken[i];
    }
    return NULL;
}

const char *format_of(const uint8_t *head, size_t len)
{
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        if (len >= magics[i].len && memcmp(head, magics[i].magic, magics[i].len) == 0)
            return magics[i].mime;
    }
    return FORMAT_ANY;
}
