/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raster_reader: a page is a header, then lines; a line is a count of its repetitions, then runs: one pixel repeated,
 * or several as they are.
 */
#include "printscout/courier/raster_reader.h"

#include <string.h>

#include "crypto/secret.h"

struct raster_reader {
    struct raster_source source;
    struct raster_page page;
    uint64_t total;
    uint32_t lines_left, repeats_left; /* of the page; of the line that stands in line */
    int begun;
    enum raster_kind kind;
    size_t at, len; /* in bytes */
    uint8_t bytes[16384];
    uint8_t line[RASTER_LINE_MAX];
};

enum err raster_reader_new(const struct raster_source *source, struct raster_reader **out)
{
    struct raster_reader *r = secret_new(sizeof *r); /* what somebody printed */

    if (r == NULL)
        return ERR_NOMEM;
    r->source = *source;
    *out = r;
    return OK;
}

void raster_reader_free(struct raster_reader *r)
{
    secret_free(r);
}

/* len bytes. ERR_NOTFOUND: the document ends before the first of them; ERR_FORMAT: in between. */
static enum err take(struct raster_reader *r, uint8_t *out, size_t len)
{
    size_t have = 0;
    enum err e;

    while (have < len) {
        size_t n = r->len - r->at < len - have ? r->len - r->at : len - have;

        memcpy(out + have, r->bytes + r->at, n);
        have += n;
        r->at += n;
        if (have == len)
            break;
        r->at = r->len = 0;
        if ((e = r->source.read(r->source.arg, r->bytes, sizeof r->bytes, &r->len)) != OK)
            return e;
        if (r->len == 0)
            return have == 0 ? ERR_NOTFOUND : ERR_FORMAT;
    }
    return OK;
}

static enum err inside(enum err e)
{
    return e == ERR_NOTFOUND ? ERR_FORMAT : e;
}

/* What stands before the first page: by its first four bytes one knows how long it is. */
static enum err read_start(struct raster_reader *r)
{
    uint8_t start[RASTER_START_MAX] = {0};
    enum err e;

    if ((e = inside(take(r, start, 4))) != OK)
        return e;
    if (memcmp(start, "UNIR", 4) == 0 && (e = inside(take(r, start + 4, sizeof start - 4))) != OK)
        return e;
    return raster_kind_of(start, &r->kind);
}

enum err raster_reader_page(struct raster_reader *r, struct raster_page *out)
{
    uint8_t header[RASTER_HEADER_MAX];
    enum err e;

    if (r->lines_left > 0)
        return ERR_STATE;
    if (!r->begun && (e = read_start(r)) != OK)
        return e;
    e = take(r, header, raster_header_len(r->kind));
    if (e != OK)
        return r->begun ? e : inside(e); /* a document has a page */
    r->begun = 1;
    if ((e = raster_page_read(r->kind, header, &r->page)) != OK)
        return e;
    r->total += (uint64_t)r->page.line_len * r->page.height;
    if (r->total > RASTER_TOTAL_MAX)
        return ERR_LIMIT;
    r->lines_left = r->page.height;
    r->repeats_left = 0;
    *out = r->page;
    return OK;
}

/* One run into the line at *at. */
static enum err read_run(struct raster_reader *r, size_t *at)
{
    const size_t unit = r->page.colors, room = r->page.line_len - *at;
    uint8_t code;
    size_t len;
    enum err e;

    if ((e = take(r, &code, 1)) != OK)
        return e;
    if (code == RASTER_RUN_FILL && r->kind == RASTER_URF) {
        memset(r->line + *at, RASTER_WHITE, room);
        *at += room;
        return OK;
    }
    len = raster_run_pixels(code) * unit;
    if (code == RASTER_RUN_FILL || len > room) /* a run beyond its line is none */
        return ERR_FORMAT;
    if ((e = take(r, r->line + *at, raster_run_stored(code) * unit)) != OK)
        return e;
    for (size_t i = unit; code < RASTER_RUN_FILL && i < len; i++)
        r->line[*at + i] = r->line[*at + i - unit];
    *at += len;
    return OK;
}

enum err raster_reader_line(struct raster_reader *r, const uint8_t **line)
{
    uint8_t repeat;
    enum err e;

    if (r->lines_left == 0)
        return ERR_STATE;
    if (r->repeats_left == 0) {
        if ((e = inside(take(r, &repeat, 1))) != OK)
            return e;
        r->repeats_left = repeat + 1u;
        for (size_t at = 0; at < r->page.line_len;) {
            if ((e = inside(read_run(r, &at))) != OK)
                return e;
        }
    }
    r->repeats_left--;
    r->lines_left--; /* repetitions beyond the page's end are none: the next page sets them to 0 */
    *line = r->line;
    return OK;
}
