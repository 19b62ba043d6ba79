/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raster_turn: each page is walked, which gives the place of every line and what the page comes to; then its header and
 * its lines go out, in their order or from the last to the first. A walk over all pages comes before and adds them up.
 */
#include <string.h>

#include "base/buf.h"
#include "crypto/secret.h"
#include "printscout/courier/raster_turn_parts.h"

/* Of a PWG Raster header; a transform is 1 or -1. The box is where the page has ink: left, top, right, bottom. */
#define PWG_DUPLEX     272
#define PWG_TUMBLE     368
#define PWG_PAGES      452
#define PWG_TRANSFORMS 456
#define PWG_BOX        464
#define URF_SIDES      2 /* of a URF header: 1 one side, 2 short edge, 3 long edge */
#define URF_PAGES      8 /* of what stands before the first page */

enum err raster_turn_new(const struct raster_turn_opts *opts, struct raster_turn **out, uint64_t *len)
{
    uint8_t start[RASTER_START_MAX] = {0};
    struct raster_turn *t = secret_new(sizeof *t + (16 - sizeof *t % 16) % 16); /* what somebody printed */
    enum err e = ERR_NOMEM;

    if (t == NULL)
        goto out;
    t->opts = *opts;
    if ((e = raster_walk_read(t, 0, start, sizeof start)) != OK || (e = raster_kind_of(start, &t->kind)) != OK)
        goto out;
    if ((e = raster_walk_all(t, len)) != OK)
        goto out;
    *out = t; /* the caller owns it now */
    t = NULL;
out:
    raster_turn_free(t);
    return e;
}

void raster_turn_free(struct raster_turn *t)
{
    secret_free(t);
}

static void put_number(uint8_t *header, size_t at, uint32_t v)
{
    struct wbuf b = wbuf_of(header + at, 4);

    if (wbuf_u32(&b, v) != OK)
        memset(header + at, 0, 4);
}

/* Where the ink is, from the other side. Two numbers of 0 say nothing. */
static void turn_box(uint8_t *header, size_t low_at, size_t high_at, uint32_t size)
{
    const uint32_t low = raster_number(header, low_at), high = raster_number(header, high_at);

    if (high == 0 || high > size || low > high)
        return;
    put_number(header, low_at, size - high);
    put_number(header, high_at, size - low);
}

static void edit_header(const struct raster_turn *t, uint8_t *h)
{
    if (t->kind == RASTER_URF) {
        h[URF_SIDES] = t->opts.short_edge ? 2 : 3;
        return;
    }
    put_number(h, PWG_DUPLEX, 1);
    put_number(h, PWG_TUMBLE, t->opts.short_edge != 0);
    if (raster_number(h, PWG_PAGES) != 0)
        put_number(h, PWG_PAGES, t->chosen);
    put_number(h, PWG_TRANSFORMS, t->turn.mirror ? UINT32_MAX : 1);
    put_number(h, PWG_TRANSFORMS + 4, t->turn.upside_down ? UINT32_MAX : 1);
    if (t->turn.mirror)
        turn_box(h, PWG_BOX, PWG_BOX + 8, t->shape.width);
    if (t->turn.upside_down)
        turn_box(h, PWG_BOX + 4, PWG_BOX + 12, t->shape.height);
}

static enum err say_start(struct raster_turn *t)
{
    enum err e = raster_walk_read(t, 0, t->out, raster_start_len(t->kind));

    if (e != OK)
        return e;
    if (t->kind == RASTER_URF && raster_number(t->out, URF_PAGES) != 0)
        put_number(t->out, URF_PAGES, t->chosen);
    t->out_len = raster_start_len(t->kind);
    t->state = AT_PAGE;
    return OK;
}

static enum err say_header(struct raster_turn *t)
{
    const enum err e = raster_walk_page(t, t->out);

    if (e == ERR_NOTFOUND) {
        t->state = AT_END;
        return OK;
    }
    if (e != OK)
        return e;
    edit_header(t, t->out);
    t->out_len = raster_header_len(t->kind);
    t->lines_sent = 0;
    t->state = IN_PAGE;
    return OK;
}

/* The runs of t->packed, len bytes, from the last to the first into t->out behind its count. */
static void mirror(struct raster_turn *t, size_t len)
{
    const size_t unit = t->shape.colors;
    size_t left = t->shape.width, to = sizeof t->out, n;

    for (size_t at = 1; at < len;) {
        const uint8_t code = t->packed[at++];

        if (code == RASTER_RUN_FILL) { /* white, which now comes first */
            for (; left > 0; left -= n) {
                n = left < 128 ? left : 128;
                to -= unit;
                memset(t->out + to, RASTER_WHITE, unit);
                t->out[--to] = (uint8_t)(n - 1);
            }
            break;
        }
        n = raster_run_stored(code);
        for (size_t i = 0; i < n; i++, at += unit) {
            to -= unit;
            memcpy(t->out + to, t->packed + at, unit);
        }
        t->out[--to] = code;
        left -= raster_run_pixels(code);
    }
    memmove(t->out + 1, t->out + to, sizeof t->out - to);
    t->out_len = 1 + sizeof t->out - to;
}

static enum err say_line(struct raster_turn *t)
{
    const uint32_t n = t->turn.upside_down ? t->lines - 1 - t->lines_sent : t->lines_sent;
    const size_t len = t->places[n + 1] - t->places[n];
    enum err e;

    if ((e = raster_walk_read(t, t->body_at + t->places[n], t->packed, len)) != OK)
        return e;
    if (n == t->lines - 1)
        t->packed[0] = (uint8_t)t->last_repeat;
    if (t->turn.mirror) {
        t->out[0] = t->packed[0];
        mirror(t, len);
    } else {
        memcpy(t->out, t->packed, len);
        t->out_len = len;
    }
    if (++t->lines_sent == t->lines)
        t->state = AT_PAGE;
    return OK;
}

static enum err say_more(struct raster_turn *t)
{
    t->out_at = t->out_len = 0;
    switch (t->state) {
    case AT_START:
        return say_start(t);
    case AT_PAGE:
        return say_header(t);
    case IN_PAGE:
        return say_line(t);
    case AT_END:
        break;
    }
    return OK;
}

enum err raster_turn_read(struct raster_turn *t, uint8_t *out, size_t max, size_t *len)
{
    enum err e;

    *len = 0;
    while (*len < max) {
        const size_t n = t->out_len - t->out_at < max - *len ? t->out_len - t->out_at : max - *len;

        memcpy(out + *len, t->out + t->out_at, n);
        *len += n;
        t->out_at += n;
        if (t->out_at < t->out_len || *len == max)
            continue;
        if (t->state == AT_END)
            break;
        if ((e = say_more(t)) != OK)
            return e;
    }
    return OK;
}
