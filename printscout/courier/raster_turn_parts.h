/* SPDX-License-Identifier: Apache-2.0 */
/* raster_turn_parts: what raster_turn.c and raster_walk.c share. For those two only. */
#ifndef PRINTSCOUT_COURIER_RASTER_TURN_PARTS_H
#define PRINTSCOUT_COURIER_RASTER_TURN_PARTS_H

#include "printscout/courier/raster_turn.h"

#define LINE_PACKED_MAX (2 * RASTER_LINE_MAX + 2) /* a code before every pixel of one byte, and the count */
#define AHEAD_LEN       16384

struct turn { /* of a page's axes */
    int mirror, upside_down;
};

enum state { AT_START, AT_PAGE, IN_PAGE, AT_END };

struct raster_turn {
    struct raster_turn_opts opts;
    enum raster_kind kind;
    enum state state;
    uint64_t at;              /* where the next page begins */
    uint32_t page, sent;      /* pages seen, and gone out, in this walk */
    uint32_t chosen;          /* pages that go out in all */
    struct raster_page shape; /* of the present page */
    struct turn turn;
    uint64_t body_at;           /* its first line */
    uint32_t lines, lines_sent; /* records of lines; each stands for up to 256 alike */
    uint32_t last_repeat;       /* of the last record, when it claims more lines than the page has */
    uint64_t body_len;          /* as it goes out */

    size_t ahead_at, ahead_len; /* what was read in advance while walking */
    uint64_t ahead_from;
    size_t out_at, out_len;
    uint8_t ahead[AHEAD_LEN];
    uint8_t packed[LINE_PACKED_MAX];
    uint8_t out[LINE_PACKED_MAX + RASTER_LINE_MAX / 32]; /* a white rest takes four bytes for 128 pixels at most */
    uint32_t places[RASTER_LINES_MAX + 1];               /* of records, from body_at on; one more: where they end */
};

/* ERR_FORMAT: the document ends before. */
MUST_USE enum err raster_walk_read(const struct raster_turn *t, uint64_t at, uint8_t *out, size_t len);

/*
 * All pages, for the length of what goes out and for what may be wrong with them; then back before the first.
 * Errors: as raster_turn_new().
 */
MUST_USE enum err raster_walk_all(struct raster_turn *t, uint64_t *len);

/* On to the next page that goes out, with its lines walked. ERR_NOTFOUND: there is none. */
MUST_USE enum err raster_walk_page(struct raster_turn *t, uint8_t header[static RASTER_HEADER_MAX]);

#endif
