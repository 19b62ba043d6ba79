/* SPDX-License-Identifier: Apache-2.0 */
/* pin_rules: which PINs are too easily guessed. Of all people's four-digit PINs a tenth is "1234"; these are the rest.
 */
#include <string.h>

#include "devicescout/keyholder/pins.h"

/* 111111, 121212, 123123: a block that is said again. */
static int is_repeated(const char *pin, size_t len)
{
    for (size_t block = 1; block <= len / 2; block++) {
        if (len % block == 0 && memcmp(pin, pin + block, len - block) == 0)
            return 1;
    }
    return 0;
}

/* 123456, 890123, 987654: each digit one step from the one before, past 9 to 0. */
static int is_run(const char *pin, size_t len, int step)
{
    for (size_t i = 1; i < len; i++) {
        if ((pin[i] - pin[i - 1] - step + 10) % 10 != 0)
            return 0;
    }
    return 1;
}

/* 112233, 998877: pairs that go one step. */
static int is_pairs(const char *pin, size_t len, int step)
{
    if (len % 2 != 0)
        return 0;
    for (size_t i = 0; i < len; i += 2) {
        if (pin[i] != pin[i + 1] || (i > 0 && (pin[i] - pin[i - 1] - step + 10) % 10 != 0))
            return 0;
    }
    return 1;
}

enum err pin_check_new(const char *pin, size_t least)
{
    const size_t len = strlen(pin);

    if (strspn(pin, "0123456789") != len)
        return ERR_FORMAT;
    if (len < least || len > PIN_MOST)
        return ERR_LIMIT;
    if (is_repeated(pin, len) || is_run(pin, len, 1) || is_run(pin, len, -1) || is_pairs(pin, len, 1) ||
        is_pairs(pin, len, -1))
        return ERR_REFUSED;
    return OK;
}
