/* SPDX-License-Identifier: Apache-2.0 */
/* raster_walk: the places of a page's lines, without unpacking them. */
#include "printscout/courier/raster_turn_parts.h"

/* Sheet-back by sides: the transforms that PWG 5102.4 gives for backs. */
static struct turn turn_of(enum raster_back back, int short_edge)
{
    switch (back) {
    case BACK_FLIPPED:
        return short_edge ? (struct turn){1, 0} : (struct turn){0, 1};
    case BACK_ROTATED:
        return short_edge ? (struct turn){0, 0} : (struct turn){1, 1};
    case BACK_MANUAL_TUMBLE:
        return short_edge ? (struct turn){1, 1} : (struct turn){0, 0};
    case BACK_NORMAL:
        break;
    }
    return (struct turn){0, 0};
}

enum err raster_walk_read(const struct raster_turn *t, uint64_t at, uint8_t *out, size_t len)
{
    size_t got;
    enum err e = t->opts.read_at(t->opts.arg, at, out, len, &got);

    return e != OK ? e : got == len ? OK : ERR_FORMAT;
}

/* The walker's place in the document, where the next byte or bytes to pass over are. */
static uint64_t place(const struct raster_turn *t)
{
    return t->ahead_from + t->ahead_at;
}

static void go_to(struct raster_turn *t, uint64_t at)
{
    t->ahead_from = at;
    t->ahead_at = t->ahead_len = 0;
}

static void pass(struct raster_turn *t, size_t len)
{
    if (len <= t->ahead_len - t->ahead_at)
        t->ahead_at += len;
    else
        go_to(t, place(t) + len);
}

static enum err take_byte(struct raster_turn *t, uint8_t *out)
{
    enum err e;

    if (t->ahead_at == t->ahead_len) {
        go_to(t, place(t));
        if ((e = t->opts.read_at(t->opts.arg, t->ahead_from, t->ahead, sizeof t->ahead, &t->ahead_len)) != OK)
            return e;
        if (t->ahead_len == 0)
            return ERR_FORMAT; /* cut */
    }
    *out = t->ahead[t->ahead_at++];
    return OK;
}

/* Bytes that a white rest of a line takes as runs. */
static size_t white_len(size_t pixels, size_t unit)
{
    return (pixels + 127) / 128 * (1 + unit);
}

/* Pass over a record's runs; *len: its bytes as they go out. */
static enum err walk_runs(struct raster_turn *t, size_t *len)
{
    const size_t unit = t->shape.colors;
    size_t left = t->shape.width;
    enum err e;

    *len = 1; /* the count */
    while (left > 0) {
        uint8_t code;
        size_t pixels;

        if ((e = take_byte(t, &code)) != OK)
            return e;
        if (code == RASTER_RUN_FILL && t->kind == RASTER_URF) {
            *len += t->turn.mirror ? white_len(left, unit) : 1;
            return OK;
        }
        pixels = raster_run_pixels(code);
        if (code == RASTER_RUN_FILL || pixels > left)
            return ERR_FORMAT;
        left -= pixels;
        *len += 1 + raster_run_stored(code) * unit;
        pass(t, raster_run_stored(code) * unit);
    }
    return place(t) <= t->opts.len ? OK : ERR_FORMAT;
}

/* Walk the lines of a page. Afterwards t->at is where the next page begins. */
static enum err walk_lines(struct raster_turn *t)
{
    uint32_t left = t->shape.height;
    enum err e;

    if (t->shape.height > RASTER_LINES_MAX)
        return ERR_LIMIT;
    t->lines = 0;
    t->body_len = 0;
    go_to(t, t->body_at);
    while (left > 0) {
        uint8_t repeat;
        size_t len;

        if (place(t) - t->body_at > UINT32_MAX)
            return ERR_LIMIT;
        t->places[t->lines++] = (uint32_t)(place(t) - t->body_at);
        if ((e = take_byte(t, &repeat)) != OK || (e = walk_runs(t, &len)) != OK)
            return e;
        t->body_len += len;
        t->last_repeat = repeat < left ? repeat : left - 1;
        left -= t->last_repeat + 1;
    }
    t->at = place(t);
    if (t->at - t->body_at > UINT32_MAX)
        return ERR_LIMIT;
    t->places[t->lines] = (uint32_t)(t->at - t->body_at);
    return OK;
}

static int is_chosen(const struct raster_turn *t, uint32_t page)
{
    for (size_t i = 0; i < t->opts.ranges_len; i++) {
        if (page >= t->opts.ranges[i].from && page <= t->opts.ranges[i].to)
            return 1;
    }
    return t->opts.ranges_len == 0;
}

enum err raster_walk_page(struct raster_turn *t, uint8_t header[static RASTER_HEADER_MAX])
{
    const size_t header_len = raster_header_len(t->kind);
    enum err e;

    do {
        if (t->at == t->opts.len)
            return ERR_NOTFOUND;
        if ((e = raster_walk_read(t, t->at, header, header_len)) != OK ||
            (e = raster_page_read(t->kind, header, &t->shape)) != OK)
            return e;
        t->body_at = t->at + header_len;
        t->page++;
        t->turn = t->sent % 2 == 1 ? turn_of(t->opts.back, t->opts.short_edge) : (struct turn){0, 0};
        if ((e = walk_lines(t)) != OK)
            return e;
    } while (!is_chosen(t, t->page));
    t->sent++;
    return OK;
}

static void rewind_pages(struct raster_turn *t)
{
    t->at = raster_start_len(t->kind);
    t->page = t->sent = 0;
}

enum err raster_walk_all(struct raster_turn *t, uint64_t *len)
{
    uint8_t header[RASTER_HEADER_MAX];
    uint64_t samples = 0;
    enum err e;

    *len = raster_start_len(t->kind);
    rewind_pages(t);
    while ((e = raster_walk_page(t, header)) == OK) {
        *len += raster_header_len(t->kind) + t->body_len;
        samples += (uint64_t)t->shape.line_len * t->shape.height;
        if (samples > RASTER_TOTAL_MAX)
            return ERR_LIMIT;
    }
    t->chosen = t->sent;
    rewind_pages(t);
    if (e != ERR_NOTFOUND)
        return e;
    return t->chosen > 0 ? OK : ERR_UNSUPPORTED;
}
