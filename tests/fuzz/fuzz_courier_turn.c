/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz: a raster document that somebody made up, its backs turned: as long as was said, the same whatever the pieces.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/secret.h"
#include "printscout/courier/jpeg_pdf.h"
#include "printscout/courier/raster_turn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OUT_MAX (4u << 20) /* white rests of lines grow a little: so much is looked at */

struct input {
    const uint8_t *bytes;
    size_t len;
};

static enum err read_at(void *arg, uint64_t at, uint8_t *out, size_t max, size_t *len)
{
    const struct input *in = arg;

    *len = 0;
    if (at >= in->len)
        return OK;
    *len = in->len - at < max ? (size_t)(in->len - at) : max;
    memcpy(out, in->bytes + at, *len);
    return OK;
}

static uint64_t turned(struct input *in, struct raster_turn_opts opts, size_t step)
{
    static uint8_t bytes[65536];
    struct raster_turn *t = NULL;
    uint64_t said, total = 0, sum = 0;
    size_t len = 1;

    opts.read_at = read_at;
    opts.arg = in;
    opts.len = in->len;
    if (raster_turn_new(&opts, &t, &said) != OK)
        return 0;
    while (len > 0 && total < OUT_MAX) {
        if (raster_turn_read(t, bytes, step, &len) != OK)
            abort();
        for (size_t i = 0; i < len; i++)
            sum = sum * 31 + bytes[i];
        total += len;
    }
    if (len == 0 && total != said)
        abort();
    raster_turn_free(t);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int started;
    struct raster_turn_opts opts = {0};
    struct jpeg jpeg;
    struct input in;

    if (!started && crypto_start() != OK)
        abort();
    started = 1;
    if (jpeg_read(data, size, &jpeg) == OK) {
        char text[JPEG_PDF_TEXT_MAX];

        if (jpeg_pdf_before(&jpeg, size, text) == 0 || jpeg_pdf_behind(&jpeg, size, text) == 0)
            abort();
    }
    if (size == 0)
        return 0;
    opts.back = (enum raster_back)(data[size - 1] & 3);
    opts.short_edge = data[size - 1] >> 2 & 1;
    in = (struct input){data, size - 1};
    if (turned(&in, opts, 65536) != turned(&in, opts, 61))
        abort();
    return 0;
}
