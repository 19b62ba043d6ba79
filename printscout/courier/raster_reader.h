/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raster_reader: PWG Raster (PWG 5102.4) and URF line by line, in the memory of one line. The document is whatever
 * somebody printed: every number in it is bounded before it counts.
 */
#ifndef PRINTSCOUT_COURIER_RASTER_READER_H
#define PRINTSCOUT_COURIER_RASTER_READER_H

#include "printscout/courier/raster_page.h"

struct raster_source {
    /* The next bytes, at most max; *len is 0 at the end. */
    enum err (*read)(void *arg, uint8_t *out, size_t max, size_t *len);
    void *arg;
};

struct raster_reader;

MUST_USE enum err raster_reader_new(const struct raster_source *source, struct raster_reader **out);
void raster_reader_free(struct raster_reader *r); /* wipes; NULL is fine */

/*
 * The next page, when all lines of the one before were read.
 * Errors: ERR_NOTFOUND there is none; ERR_UNSUPPORTED another colour space; ERR_FORMAT no raster; ERR_LIMIT; the
 * source's.
 */
MUST_USE enum err raster_reader_page(struct raster_reader *r, struct raster_page *out);

/* Its next line: page.line_len bytes, valid until the next call. Errors as above; ERR_STATE the page has no more. */
MUST_USE enum err raster_reader_line(struct raster_reader *r, const uint8_t **line);

#endif
