/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raster_reader: a page is a header of 1,796 bytes, then lines; a line is a count of its repetitions, then runs: one
 * pixel repeated, or several as they are.
 */
#include "printscout/courier/raster_reader.h"

#include <string.h>

#include "base/buf.h"
#include "crypto/secret.h"

#define HEADER_LEN     1796
#define AT_DPI         276
#define AT_SIZE        372
#define AT_BITS        384 /* of a colour, of a pixel, then bytes of a line, colour order, colour space */
#define AT_COLORS      420
#define SPACE_SGRAY    18
#define SPACE_SRGB     19
#define LITERAL_CODES  128 /* a run's code: below, it repeats one pixel; above, 257 - code pixels follow */
#define LITERAL_OFFSET 257

struct raster_reader {
    struct raster_source source;
    struct raster_page page;
    uint64_t total;
    uint32_t lines_left, repeats_left; /* of the page; of the line that stands in line */
    int begun;
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

static uint32_t number(const uint8_t *header, size_t at)
{
    struct rbuf b = rbuf_of(header + at, 4);
    uint32_t v = 0;

    return rbuf_u32(&b, &v) == OK ? v : 0;
}

static int is_dpi(uint32_t dpi)
{
    return dpi >= RASTER_DPI_MIN && dpi <= RASTER_DPI_MAX;
}

static enum err read_header(const uint8_t *h, struct raster_page *p)
{
    const uint32_t space = number(h, AT_BITS + 16);

    *p = (struct raster_page){.width = number(h, AT_SIZE),
                              .height = number(h, AT_SIZE + 4),
                              .dpi_x = number(h, AT_DPI),
                              .dpi_y = number(h, AT_DPI + 4),
                              .colors = space == SPACE_SRGB ? 3 : 1,
                              .line_len = number(h, AT_BITS + 8)};
    if (memcmp(h, "PwgRaster", sizeof "PwgRaster") != 0)
        return ERR_FORMAT;
    if ((space != SPACE_SRGB && space != SPACE_SGRAY) || number(h, AT_BITS) != 8 ||
        number(h, AT_BITS + 4) != 8 * p->colors || number(h, AT_BITS + 12) != 0 || number(h, AT_COLORS) != p->colors)
        return ERR_UNSUPPORTED;
    if (p->width == 0 || p->height == 0 || !is_dpi(p->dpi_x) || !is_dpi(p->dpi_y))
        return ERR_FORMAT;
    if (p->line_len > RASTER_LINE_MAX || (uint64_t)p->line_len * p->height > RASTER_PAGE_MAX)
        return ERR_LIMIT;
    return p->line_len == (uint64_t)p->width * p->colors ? OK : ERR_FORMAT;
}

enum err raster_reader_page(struct raster_reader *r, struct raster_page *out)
{
    uint8_t header[HEADER_LEN], word[4];
    enum err e;

    if (r->lines_left > 0)
        return ERR_STATE;
    if (!r->begun && ((e = inside(take(r, word, sizeof word))) != OK || memcmp(word, "RaS2", sizeof word) != 0))
        return e != OK ? e : ERR_FORMAT;
    e = take(r, header, sizeof header);
    if (e != OK)
        return r->begun ? e : inside(e); /* a document has a page */
    r->begun = 1;
    if ((e = read_header(header, &r->page)) != OK)
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
    const size_t unit = r->page.colors;
    uint8_t code;
    size_t len;
    enum err e;

    if ((e = take(r, &code, 1)) != OK)
        return e;
    len = (code < LITERAL_CODES ? code + 1u : (size_t)(LITERAL_OFFSET - code)) * unit;
    if (code == LITERAL_CODES || len > r->page.line_len - *at) /* 128 is reserved; a run beyond its line is none */
        return ERR_FORMAT;
    if ((e = take(r, r->line + *at, code < LITERAL_CODES ? unit : len)) != OK)
        return e;
    for (size_t i = unit; code < LITERAL_CODES && i < len; i++)
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
