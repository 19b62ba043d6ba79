/* SPDX-License-Identifier: Apache-2.0 */
/* number: see number.h. */
#include "devicescout/fleet/number.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum err number_read(const char *option, const char *text, uint32_t fallback, uint32_t least, uint32_t most,
                     uint32_t *out)
{
    unsigned long long n;
    char *end;

    if (text == NULL) {
        *out = fallback;
        return OK;
    }
    errno = 0;
    n = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || n < least || n > most) {
        fprintf(stderr, "%s: a number from %" PRIu32 " to %" PRIu32 ", not '%s'\n", option, least, most, text);
        return ERR_CONFIG;
    }
    *out = (uint32_t)n;
    return OK;
}
