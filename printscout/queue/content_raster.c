/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content_raster: pages of PWG Raster (PWG 5102.4 section 4) and URF: a header, then lines. Each line is a count of its
 * repetitions and runs: one pixel repeated, or several as they are; in URF also one that leaves the rest of a line
 * white. Nothing is unpacked: runs are counted, and pixels in RGB are looked at until one has colour.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "printscout/queue/content_parts.h"

#define PWG_START_LEN  4 /* "RaS2" */
#define PWG_HEADER_LEN 1796
#define PWG_DPI        276
#define PWG_HEIGHT     376
#define PWG_BITS       384 /* of a colour, of a pixel, then bytes of a line, colour order, colour space */
#define URF_START_LEN  12  /* "UNIRAST", 0, pages */
#define URF_HEADER_LEN 32  /* bits of a pixel, colour space, …; width, height, dpi from 12 on */
#define URF_WIDTH      12
#define LINE_LEN_MAX   (1u << 24) /* bytes: a line of 10 m at 1,200 dpi in four colours has 2 million */
#define FILL_OR_NONE   128        /* a run's code: below, it repeats one pixel; above, 257 - code pixels follow */
#define PIXELS_OFFSET  257

void content_raster_start(struct content_raster *r, int is_urf)
{
    *r = (struct content_raster){.is_urf = is_urf};
}

static uint32_t number(const struct content_raster *r, size_t at)
{
    struct rbuf b = rbuf_of(r->header + at, 4);
    uint32_t v = 0;

    return rbuf_u32(&b, &v) == OK ? v : 0;
}

struct page { /* what counts of a header */
    uint32_t height, line_len, unit_bits, dpi_x, dpi_y;
    char type[TICKET_RASTER_SIZE]; /* IPP pwg-raster-document-type-supported; "": another one */
};

static void read_pwg(const struct content_raster *r, struct page *p)
{
    static const struct {
        uint32_t space;
        const char *name;
    } spaces[] = {{3, "black"}, {6, "cmyk"}, {18, "sgray"}, {19, "srgb"}, {20, "adobe-rgb"}};
    const uint32_t bits = number(r, PWG_BITS), space = number(r, PWG_BITS + 16);

    *p = (struct page){.height = number(r, PWG_HEIGHT),
                       .line_len = number(r, PWG_BITS + 8),
                       .unit_bits = number(r, PWG_BITS + 4),
                       .dpi_x = number(r, PWG_DPI),
                       .dpi_y = number(r, PWG_DPI + 4)};
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces && bits <= 16; i++) {
        if (spaces[i].space == space)
            snprintf(p->type, sizeof p->type, "%s_%u", spaces[i].name, (unsigned)bits);
    }
}

static void read_urf(const struct content_raster *r, struct page *p)
{
    const uint8_t bits = r->header[0], space = r->header[1];
    const uint32_t width = number(r, URF_WIDTH), dpi = number(r, URF_WIDTH + 8);

    *p = (struct page){.height = number(r, URF_WIDTH + 4), .unit_bits = bits, .dpi_x = dpi, .dpi_y = dpi};
    if (width <= LINE_LEN_MAX / 8)
        p->line_len = width * (bits / 8u);
    if (bits == 8 && (space == 0 || space == 4))
        strcpy(p->type, "sgray_8");
    else if (bits == 24 && (space == 1 || space == 5))
        strcpy(p->type, "srgb_8");
}

/* A document has the type and the resolution that all of its pages have. */
static void add_page(struct content_raster *r, const struct page *p)
{
    const uint32_t dpi = p->dpi_x == p->dpi_y ? p->dpi_x : 0;

    if (r->pages == 0) {
        strcpy(r->type, p->type);
        r->dpi = dpi;
    }
    if (strcmp(r->type, p->type) != 0)
        r->type[0] = '\0';
    if (r->dpi != dpi)
        r->dpi = 0;
    r->is_rgb = strcmp(p->type, "srgb_8") == 0;
    if (!r->is_rgb && strncmp(p->type, "sgray_", 6) != 0 && strncmp(p->type, "black_", 6) != 0)
        r->is_unsure = 1;
    r->pages++;
}

/* A header is whole: lines follow, or nothing is believed any more. */
static void take_header(struct content_raster *r)
{
    struct page p;

    (r->is_urf ? read_urf : read_pwg)(r, &p);
    r->lines_left = p.height;
    r->line_len = p.line_len;
    r->unit_len = p.unit_bits < 8 ? 1 : p.unit_bits / 8;
    r->state = RASTER_BROKEN;
    if (p.height == 0 || p.line_len == 0 || p.line_len > LINE_LEN_MAX || r->unit_len > 32)
        return;
    add_page(r, &p);
    r->state = RASTER_LINE;
}

/* A line is whole: the next one, or the next page. */
static void end_line(struct content_raster *r)
{
    r->lines_left -= r->repeat < r->lines_left ? r->repeat : r->lines_left;
    r->state = r->lines_left > 0 ? RASTER_LINE : RASTER_HEADER;
    r->at = 0;
}

/* A run's pixels are counted; its bytes are still to come. */
static void take_run(struct content_raster *r, uint8_t code)
{
    const uint32_t pixels = code < FILL_OR_NONE ? code + 1u : (uint32_t)(PIXELS_OFFSET - code);
    const uint32_t len = pixels * r->unit_len;

    if (code == FILL_OR_NONE && r->is_urf) {
        end_line(r);
        return;
    }
    if (code == FILL_OR_NONE || len > r->line_left) {
        r->state = RASTER_BROKEN; /* in PWG Raster 128 is reserved; a run beyond its line is none */
        return;
    }
    r->run_left = code < FILL_OR_NONE ? r->unit_len : len;
    r->line_left -= len;
    r->pixel_len = 0;
    r->state = RASTER_PIXELS;
}

static size_t take_header_bytes(struct content_raster *r, const uint8_t *bytes, size_t len)
{
    const size_t start_len = r->is_urf ? URF_START_LEN : PWG_START_LEN;
    const size_t whole = r->state == RASTER_START ? start_len : r->is_urf ? URF_HEADER_LEN : PWG_HEADER_LEN;
    const size_t take = whole - r->at < len ? whole - r->at : len;
    const size_t room = r->at < sizeof r->header ? sizeof r->header - r->at : 0;

    memcpy(r->header + (room > 0 ? r->at : 0), bytes, take < room ? take : room);
    r->at += take;
    if (r->at < whole)
        return take;
    r->at = 0;
    if (r->state == RASTER_START)
        r->state = RASTER_HEADER; /* content.c knew the word itself */
    else
        take_header(r);
    return take;
}

static void look_for_color(struct content_raster *r, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        r->pixel[r->pixel_len++] = bytes[i];
        if (r->pixel_len < sizeof r->pixel)
            continue;
        r->pixel_len = 0;
        if (r->pixel[0] != r->pixel[1] || r->pixel[1] != r->pixel[2]) {
            r->has_color = 1;
            return;
        }
    }
}

static size_t take_pixels(struct content_raster *r, const uint8_t *bytes, size_t len)
{
    const size_t take = r->run_left < len ? r->run_left : len;

    if (r->is_rgb && !r->has_color)
        look_for_color(r, bytes, take);
    r->run_left -= (uint32_t)take;
    if (r->run_left > 0)
        return take;
    if (r->line_left > 0)
        r->state = RASTER_RUN;
    else
        end_line(r);
    return take;
}

void content_raster_bytes(struct content_raster *r, const uint8_t *bytes, size_t len)
{
    while (len > 0 && r->state != RASTER_BROKEN) {
        size_t taken = 1;

        switch (r->state) {
        case RASTER_START:
        case RASTER_HEADER:
            taken = take_header_bytes(r, bytes, len);
            break;
        case RASTER_LINE:
            r->repeat = *bytes + 1u;
            r->line_left = r->line_len;
            r->state = RASTER_RUN;
            break;
        case RASTER_RUN:
            take_run(r, *bytes);
            break;
        case RASTER_PIXELS:
            taken = take_pixels(r, bytes, len);
            break;
        case RASTER_BROKEN:
            break;
        }
        bytes += taken;
        len -= taken;
    }
}

void content_raster_found(const struct content_raster *r, struct ticket_content *out)
{
    if (r->state != RASTER_HEADER || r->at != 0)
        return; /* a document ends between pages */
    out->pages = r->pages;
    out->color = r->has_color ? TICKET_COLOR_YES : r->is_unsure ? TICKET_COLOR_UNKNOWN : TICKET_COLOR_NO;
    strcpy(out->raster_type, r->type);
    out->raster_dpi = r->dpi;
}
