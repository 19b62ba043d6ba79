/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raster_turn: a PWG Raster or URF document whose backs lie as a printer wants them. Ours are all upright (sheet-back
 * "normal"); some printers want the second side of a sheet rotated or mirrored (PWG 5102.4, "pwg-raster-document-sheet-
 * back"; URF's key DM). Lines stay compressed: their order is reversed, and the order of the runs in them, so that the
 * memory of a line and an index of a page's lines are enough.
 */
#ifndef PRINTSCOUT_COURIER_RASTER_TURN_H
#define PRINTSCOUT_COURIER_RASTER_TURN_H

#include "printscout/courier/raster_page.h"

#define RASTER_LINES_MAX  262144 /* of a page: 11 m at 600 dpi; an index of 1 MiB */
#define RASTER_RANGES_MAX 64

enum raster_back { BACK_NORMAL, BACK_FLIPPED, BACK_ROTATED, BACK_MANUAL_TUMBLE };

struct raster_turn_opts {
    /* Bytes from anywhere in the document: max of them, fewer at its end. */
    enum err (*read_at)(void *arg, uint64_t at, uint8_t *out, size_t max, size_t *len);
    void *arg;
    uint64_t len;
    enum raster_back back;
    int short_edge; /* sides is two-sided-short-edge, not -long-edge */
    /*
     * The pages that go out, counted from 1, rising; none: all. They are chosen here because the printer would count
     * sides after they were turned.
     */
    struct raster_range {
        uint32_t from, to;
    } ranges[RASTER_RANGES_MAX];
    size_t ranges_len;
};

struct raster_turn; /* opaque; about 3 MiB whatever the document is */

/*
 * Walk the whole document once: what is damaged is found here.
 *   opts    copied
 *   len     on OK the bytes that will go out
 * Errors: ERR_FORMAT, ERR_LIMIT, ERR_UNSUPPORTED as raster_page_read(), also when no page is chosen; ERR_NOMEM;
 * read_at's.
 */
MUST_USE enum err raster_turn_new(const struct raster_turn_opts *opts, struct raster_turn **out, uint64_t *len);
void raster_turn_free(struct raster_turn *t); /* wipes; NULL is fine */

/* The next bytes, as many as there are but at most max; *len is 0 at the end. */
MUST_USE enum err raster_turn_read(struct raster_turn *t, uint8_t *out, size_t max, size_t *len);

#endif
