/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz: a raster document that somebody made up, wrapped into PDF; the same bytes whatever the pieces. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/secret.h"
#include "printscout/courier/raster_pdf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OUT_MAX (4u << 20) /* a few bytes can claim gigabytes: so much is looked at */

struct input {
    const uint8_t *at;
    size_t left;
};

static enum err read_input(void *arg, uint8_t *out, size_t max, size_t *len)
{
    struct input *in = arg;

    *len = in->left < max ? in->left : max;
    memcpy(out, in->at, *len);
    in->at += *len;
    in->left -= *len;
    return OK;
}

static uint64_t sum_of(const uint8_t *data, size_t size, size_t step, enum err *end)
{
    static uint8_t bytes[65536];
    struct input in = {data, size};
    struct raster_pdf *p;
    uint64_t sum = 0, total = 0;
    size_t len = 1;

    if (raster_pdf_new(&(struct raster_source){.read = read_input, .arg = &in}, &p) != OK)
        abort();
    *end = OK;
    while (*end == OK && len > 0 && total < OUT_MAX) {
        const size_t max = step < OUT_MAX - total ? step : (size_t)(OUT_MAX - total);

        *end = raster_pdf_read(p, bytes, max, &len);
        for (size_t i = 0; *end == OK && i < len; i++)
            sum = sum * 31 + bytes[i];
        total += len;
    }
    raster_pdf_free(p);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int started;
    enum err one, other;
    uint64_t a, b;

    if (!started && crypto_start() != OK)
        abort();
    started = 1;
    a = sum_of(data, size, 65536, &one);
    b = sum_of(data, size, 4099, &other);

    if (one != other || (one == OK && a != b))
        abort();
    return 0;
}
