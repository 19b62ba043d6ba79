/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content_pwg: PWG Raster's pages (PWG 5102.4 section 4): a header of 1,796 bytes, then lines. Each line is a count of
 * its repetitions and runs: one unit repeated, or several units as they are. Nothing is unpacked, only counted.
 */
#include <string.h>

#include "base/buf.h"
#include "printscout/queue/content_parts.h"

#define SYNC_LEN       4
#define HEADER_LEN     1796
#define AT_HEIGHT      376
#define AT_UNIT_BITS   388
#define AT_LINE_LEN    392
#define LINE_LEN_MAX   (1u << 24) /* bytes: a line of 10 m at 1,200 dpi in four colours has 2 million */
#define LITERAL_CODES  128        /* a run's code: below, it repeats one unit; above, 257 - code units follow */
#define LITERAL_OFFSET 257

/* The next state after a header: lines, or the end of believing. */
static void take_header(struct content_pwg *p)
{
    struct rbuf height = rbuf_of(p->header + AT_HEIGHT, 4), bits = rbuf_of(p->header + AT_UNIT_BITS, 4),
                line = rbuf_of(p->header + AT_LINE_LEN, 4);
    uint32_t unit_bits;

    p->state = PWG_BROKEN;
    if (rbuf_u32(&height, &p->lines_left) != OK || rbuf_u32(&bits, &unit_bits) != OK ||
        rbuf_u32(&line, &p->line_len) != OK)
        return;
    p->unit_len = unit_bits < 8 ? 1 : unit_bits / 8;
    if (p->lines_left == 0 || p->line_len == 0 || p->line_len > LINE_LEN_MAX || p->unit_len > 32)
        return;
    p->pages++;
    p->state = PWG_LINE;
}

/* A line is whole: the next one, or the next page. */
static void end_line(struct content_pwg *p)
{
    p->lines_left -= p->repeat < p->lines_left ? p->repeat : p->lines_left;
    p->state = p->lines_left > 0 ? PWG_LINE : PWG_HEADER;
    p->at = 0;
}

/* A run's units are counted; its bytes are still to come. */
static void take_run(struct content_pwg *p, uint8_t code)
{
    const uint32_t units = code < LITERAL_CODES ? code + 1u : (uint32_t)(LITERAL_OFFSET - code);
    const uint32_t len = units * p->unit_len;

    p->literal_left = code <= LITERAL_CODES ? p->unit_len : len;
    if (code == LITERAL_CODES || len > p->line_left) {
        p->state = PWG_BROKEN; /* 128 is reserved; a run beyond its line is none */
        return;
    }
    p->line_left -= len;
    p->state = PWG_LITERAL;
}

static size_t take_sync_or_header(struct content_pwg *p, const uint8_t *bytes, size_t len)
{
    const size_t whole = p->state == PWG_SYNC ? SYNC_LEN : HEADER_LEN;
    size_t take = whole - p->at;

    if (take > len)
        take = len;
    if (p->state == PWG_HEADER && p->at < sizeof p->header)
        memcpy(p->header + p->at, bytes, take < sizeof p->header - p->at ? take : sizeof p->header - p->at);
    p->at += take;
    if (p->at < whole)
        return take;
    p->at = 0;
    if (p->state == PWG_SYNC)
        p->state = PWG_HEADER; /* content.c knew the word itself */
    else
        take_header(p);
    return take;
}

static size_t take_literal(struct content_pwg *p, size_t len)
{
    const size_t take = p->literal_left < len ? p->literal_left : len;

    p->literal_left -= (uint32_t)take;
    if (p->literal_left > 0)
        return take;
    if (p->line_left > 0)
        p->state = PWG_RUN;
    else
        end_line(p);
    return take;
}

void content_pwg_bytes(struct content_pwg *p, const uint8_t *bytes, size_t len)
{
    while (len > 0 && p->state != PWG_BROKEN) {
        size_t taken = 1;

        switch (p->state) {
        case PWG_SYNC:
        case PWG_HEADER:
            taken = take_sync_or_header(p, bytes, len);
            break;
        case PWG_LINE:
            p->repeat = *bytes + 1u;
            p->line_left = p->line_len;
            p->state = PWG_RUN;
            break;
        case PWG_RUN:
            take_run(p, *bytes);
            break;
        case PWG_LITERAL:
            taken = take_literal(p, len);
            break;
        case PWG_BROKEN:
            break;
        }
        bytes += taken;
        len -= taken;
    }
}

uint32_t content_pwg_pages(const struct content_pwg *p)
{
    /* A document ends between pages. */
    return p->state == PWG_HEADER && p->at == 0 ? p->pages : 0;
}
