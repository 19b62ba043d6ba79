/* SPDX-License-Identifier: Apache-2.0 */
/* format: a table of first bytes. */
#include "printscout/courier/format.h"

#include <string.h>

static const struct {
    const char *bytes;
    size_t len;
    const char *format;
} magics[] = {
    {"%PDF-", 5, FORMAT_PDF},
    {"RaS2", 4, FORMAT_PWG},
    {"UNIRAST\0", 8, FORMAT_URF},
    {"\xff\xd8\xff", 3, FORMAT_JPEG},
    {"\x89PNG\r\n\x1a\n", 8, "image/png"},
    {"%!PS", 4, FORMAT_PS},
    {"\x1b"
     "E",
     2, FORMAT_PCL},
};

const char *format_of(const uint8_t *head, size_t len)
{
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        if (len >= magics[i].len && memcmp(head, magics[i].bytes, magics[i].len) == 0)
            return magics[i].format;
    }
    return FORMAT_UNKNOWN;
}
