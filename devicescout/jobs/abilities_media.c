/* SPDX-License-Identifier: Apache-2.0 */
/* abilities_media: sizes in names of media: PWG 5101.1 section 5, "CLASS_NAME_WIDTHxHEIGHT" and "in" or "mm". */
#include <stdlib.h>
#include <string.h>

#include "devicescout/jobs/abilities.h"

#define SAME_SIZE 50   /* half a millimetre: inches were rounded by somebody */
#define DIGITS    7    /* of a number, before or behind its point */
#define INCH      2540 /* hundredths of a millimetre */
#define NO_SIZE   UINT32_MAX

/* A number with at most three digits behind its point, as thousandths. *at moves behind it. */
static uint32_t read_thousandths(const char **at)
{
    uint32_t v = 0;
    int digits = 0, places = -1;

    for (; (**at >= '0' && **at <= '9') || (**at == '.' && places < 0); ++*at) {
        if (**at == '.') {
            places = 0;
            continue;
        }
        if (++digits > DIGITS)
            return NO_SIZE;
        if (places < 3)
            v = v * 10 + (uint32_t)(**at - '0');
        places += places >= 0 && places < 3;
    }
    for (places = places < 0 ? 0 : places; places < 3; places++)
        v = v > UINT32_MAX / 10 ? NO_SIZE : v * 10;
    return digits == 0 ? NO_SIZE : v;
}

static int is_near(uint64_t thousandths, uint32_t unit, uint32_t size)
{
    const uint64_t v = thousandths * unit / 1000;

    return v + SAME_SIZE >= size && v <= (uint64_t)size + SAME_SIZE;
}

/* at: behind the name's last underscore. */
static int is_size(const char *at, const char *end, uint32_t x, uint32_t y)
{
    const uint32_t width = read_thousandths(&at);
    uint32_t height, unit;

    if (width == NO_SIZE || *at++ != 'x')
        return 0;
    height = read_thousandths(&at);
    if (height == NO_SIZE || end - at != 2)
        return 0;
    unit = memcmp(at, "mm", 2) == 0 ? 100 : memcmp(at, "in", 2) == 0 ? INCH : 0;
    return unit != 0 && is_near(width, unit, x) && is_near(height, unit, y);
}

int abilities_has_size(const char *media, uint32_t x, uint32_t y)
{
    for (const char *at = media + (*media == ' '), *end; (end = strchr(at, ' ')) != NULL; at = end + 1) {
        const char *size = memrchr(at, '_', (size_t)(end - at));

        if (size != NULL && is_size(size + 1, end, x, y))
            return 1;
    }
    return 0;
}
