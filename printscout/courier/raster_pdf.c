/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raster_pdf: a machine that makes one piece of the PDF whenever the piece before was taken. The order of what goes
 * into zlib does not depend on who reads how much, so neither does what comes out.
 *
 * Objects: 1 catalog, 2 pages; then four a page: its picture, the picture's length, its content, itself.
 */
#include "printscout/courier/raster_pdf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "crypto/secret.h"

#define PAGE_OBJECTS 4
#define FIRST_OBJECT 3
#define PIECE_LEN    32768
#define NUMBERS_ONCE 200 /* of kids or cross references in a piece */
#define NUMBER_SIZE  32
#define OFFSET_MAX   9999999999u /* ten digits in a cross reference */
#define LEVEL        1           /* six times as fast as the default, for a tenth more bytes */

enum state { AT_START, AT_PAGE, IN_LINES, IN_DEFLATE_END, AT_PAGE_END, AT_KIDS, AT_XREF, AT_TRAILER, AT_END };

struct raster_pdf {
    struct raster_reader *reader;
    struct raster_page page;
    enum state state;
    z_stream z;
    int z_is_open;
    uint32_t pages, lines_left, done; /* done: numbers of a list that went out */
    uint64_t sent;                    /* bytes of the pieces before this one */
    uint64_t picture_at, xref_at, pages_at;
    size_t at, len; /* in piece */
    char piece[PIECE_LEN];
    uint64_t offsets[RASTER_PDF_PAGES_MAX][PAGE_OBJECTS];
};

enum err raster_pdf_new(const struct raster_source *source, struct raster_pdf **out)
{
    struct raster_pdf *p = secret_new(sizeof *p);
    enum err e = ERR_NOMEM;

    if (p == NULL)
        return e;
    if ((e = raster_reader_new(source, &p->reader)) != OK) {
        raster_pdf_free(p);
        return e;
    }
    *out = p;
    return OK;
}

void raster_pdf_free(struct raster_pdf *p)
{
    if (p == NULL)
        return;
    if (p->z_is_open)
        deflateEnd(&p->z);
    raster_reader_free(p->reader);
    secret_free(p);
}

/* Texts of this file, which are short: a piece always has room for those of one step. */
static void say(struct raster_pdf *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct raster_pdf *p, const char *format, ...)
{
    va_list values;
    int n;

    va_start(values, format);
    n = vsnprintf(p->piece + p->len, sizeof p->piece - p->len, format, values);
    va_end(values);
    if (n > 0 && (size_t)n < sizeof p->piece - p->len)
        p->len += (size_t)n;
}

static uint64_t position(const struct raster_pdf *p)
{
    return p->sent + p->len;
}

static unsigned object_of(uint32_t page, unsigned which)
{
    return FIRST_OBJECT + PAGE_OBJECTS * page + which;
}

static void start(struct raster_pdf *p)
{
    say(p, "%%PDF-1.4\n%%\xc7\xec\x8f\xa2\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
    p->state = AT_PAGE;
}

/* zlib's window is what somebody printed, too. */
static void *z_new(void *arg, unsigned items, unsigned size)
{
    (void)arg;
    return secret_new(((size_t)items * size + 15) & ~(size_t)15); /* it ends where a page does */
}

static void z_free(void *arg, void *memory)
{
    (void)arg;
    secret_free(memory);
}

static enum err begin_page(struct raster_pdf *p)
{
    enum err e = raster_reader_page(p->reader, &p->page);

    if (e == ERR_NOTFOUND) {
        p->pages_at = position(p);
        say(p, "2 0 obj\n<</Type/Pages/Count %u/Kids[", (unsigned)p->pages);
        p->done = 0;
        p->state = AT_KIDS;
        return OK;
    }
    if (e != OK)
        return e;
    if (p->pages == RASTER_PDF_PAGES_MAX || p->sent > OFFSET_MAX - RASTER_PAGE_MAX)
        return ERR_LIMIT;
    p->z = (z_stream){.zalloc = z_new, .zfree = z_free};
    if (deflateInit(&p->z, LEVEL) != Z_OK)
        return ERR_NOMEM;
    p->z_is_open = 1;
    p->lines_left = p->page.height;
    p->offsets[p->pages][0] = position(p);
    say(p,
        "%u 0 obj\n<</Type/XObject/Subtype/Image/Width %u/Height %u/BitsPerComponent 8/ColorSpace/%s/Filter/FlateDecode"
        "/Length %u 0 R>>\nstream\n",
        object_of(p->pages, 0), (unsigned)p->page.width, (unsigned)p->page.height,
        p->page.colors == 3 ? "DeviceRGB" : "DeviceGray", object_of(p->pages, 1));
    p->picture_at = position(p);
    p->state = IN_LINES;
    return OK;
}

/* Fill what is left of the piece with what zlib has; 1: it has no more for now. */
static enum err deflate_some(struct raster_pdf *p, int flush, int *empty)
{
    const size_t room = sizeof p->piece - p->len;
    int r;

    p->z.next_out = (Bytef *)p->piece + p->len;
    p->z.avail_out = (uInt)room;
    r = deflate(&p->z, flush);
    if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
        return ERR_FORMAT;
    p->len += room - p->z.avail_out;
    *empty = flush == Z_FINISH ? r == Z_STREAM_END : p->z.avail_out > 0;
    return OK;
}

/* Lines until the piece is full. */
static enum err take_lines(struct raster_pdf *p)
{
    int empty = 1;
    enum err e;

    while (p->len < sizeof p->piece) {
        const uint8_t *line;

        if (p->z.avail_in == 0 && p->lines_left > 0) {
            if ((e = raster_reader_line(p->reader, &line)) != OK)
                return e;
            p->lines_left--;
            p->z.next_in = (Bytef *)line; /* zlib only reads it; it stands until the next line */
            p->z.avail_in = p->page.line_len;
        }
        if ((e = deflate_some(p, Z_NO_FLUSH, &empty)) != OK)
            return e;
        if (p->lines_left == 0 && p->z.avail_in == 0 && empty) {
            p->state = IN_DEFLATE_END;
            break;
        }
    }
    return OK;
}

static enum err end_deflate(struct raster_pdf *p)
{
    int empty;
    enum err e = deflate_some(p, Z_FINISH, &empty);

    if (e != OK || !empty)
        return e;
    deflateEnd(&p->z);
    p->z_is_open = 0;
    p->state = AT_PAGE_END;
    return OK;
}

/* Points, with two digits behind the point whatever the locale. */
static const char *points(char out[static NUMBER_SIZE], uint32_t pixels, uint32_t dpi)
{
    const uint64_t hundredths = ((uint64_t)pixels * 7200 + dpi / 2) / dpi;

    snprintf(out, NUMBER_SIZE, "%" PRIu64 ".%02" PRIu64, hundredths / 100, hundredths % 100);
    return out;
}

static void end_page(struct raster_pdf *p)
{
    uint64_t *offsets = p->offsets[p->pages];
    const uint64_t picture_len = p->sent - p->picture_at; /* a step begins with an empty piece */
    char width[NUMBER_SIZE], height[NUMBER_SIZE], content[2 * NUMBER_SIZE + 32];

    points(width, p->page.width, p->page.dpi_x);
    points(height, p->page.height, p->page.dpi_y);
    snprintf(content, sizeof content, "%s 0 0 %s 0 0 cm /I Do", width, height);
    say(p, "\nendstream\nendobj\n");
    offsets[1] = position(p);
    say(p, "%u 0 obj\n%" PRIu64 "\nendobj\n", object_of(p->pages, 1), picture_len);
    offsets[2] = position(p);
    say(p, "%u 0 obj\n<</Length %zu>>\nstream\n%s\nendstream\nendobj\n", object_of(p->pages, 2), strlen(content),
        content);
    offsets[3] = position(p);
    say(p,
        "%u 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 %s %s]/Resources<</XObject<</I %u 0 R>>>>/Contents %u 0 R>>\n"
        "endobj\n",
        object_of(p->pages, 3), width, height, object_of(p->pages, 0), object_of(p->pages, 2));
    p->pages++;
    p->state = AT_PAGE;
}

static void say_kids(struct raster_pdf *p)
{
    for (int i = 0; i < NUMBERS_ONCE && p->done < p->pages; i++, p->done++)
        say(p, "%u 0 R ", object_of(p->done, 3));
    if (p->done < p->pages)
        return;
    say(p, "]>>\nendobj\n");
    p->xref_at = position(p);
    say(p, "xref\n0 %u\n0000000000 65535 f \n%010d 00000 n \n%010" PRIu64 " 00000 n \n", object_of(p->pages, 0), 15,
        p->pages_at);
    p->done = 0;
    p->state = AT_XREF;
}

static void say_xref(struct raster_pdf *p)
{
    for (int i = 0; i < NUMBERS_ONCE && p->done < p->pages; i++, p->done++) {
        for (int which = 0; which < PAGE_OBJECTS; which++)
            say(p, "%010" PRIu64 " 00000 n \n", p->offsets[p->done][which]);
    }
    if (p->done == p->pages)
        p->state = AT_TRAILER;
}

static void say_trailer(struct raster_pdf *p)
{
    say(p, "trailer\n<</Size %u/Root 1 0 R>>\nstartxref\n%" PRIu64 "\n%%%%EOF\n", object_of(p->pages, 0), p->xref_at);
    p->state = AT_END;
}

static enum err make_piece(struct raster_pdf *p)
{
    p->sent += p->len;
    p->at = p->len = 0;
    switch (p->state) {
    case AT_START:
        start(p);
        return OK;
    case AT_PAGE:
        return begin_page(p);
    case IN_LINES:
        return take_lines(p);
    case IN_DEFLATE_END:
        return end_deflate(p);
    case AT_PAGE_END:
        end_page(p);
        return OK;
    case AT_KIDS:
        say_kids(p);
        return OK;
    case AT_XREF:
        say_xref(p);
        return OK;
    case AT_TRAILER:
        say_trailer(p);
        return OK;
    case AT_END:
        break;
    }
    return OK;
}

enum err raster_pdf_read(struct raster_pdf *p, uint8_t *out, size_t max, size_t *len)
{
    enum err e;

    *len = 0;
    while (*len < max) {
        size_t n = p->len - p->at < max - *len ? p->len - p->at : max - *len;

        memcpy(out + *len, p->piece + p->at, n);
        *len += n;
        p->at += n;
        if (p->at < p->len || *len == max)
            continue;
        if (p->state == AT_END)
            break;
        if ((e = make_piece(p)) != OK)
            return e;
    }
    return OK;
}
