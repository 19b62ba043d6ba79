/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raster_reader: PWG Raster (PWG 5102.4) line by line, in the memory of one line. The document is whatever somebody
 * printed: every number in it is bounded before it counts.
 */
#ifndef PRINTSCOUT_COURIER_RASTER_READER_H
#define PRINTSCOUT_COURIER_RASTER_READER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define RASTER_LINE_MAX  (256u * 1024)        /* bytes: 1.8 m at 1,200 dpi in colour */
#define RASTER_PAGE_MAX  ((uint64_t)2 << 30)  /* bytes of samples: A0 at 600 dpi in colour is 1.7 GB */
#define RASTER_TOTAL_MAX ((uint64_t)64 << 30) /* of all pages: a few bytes can claim that much */
#define RASTER_DPI_MIN   30
#define RASTER_DPI_MAX   4800

struct raster_source {
    /* The next bytes, at most max; *len is 0 at the end. */
    enum err (*read)(void *arg, uint8_t *out, size_t max, size_t *len);
    void *arg;
};

struct raster_page {
    uint32_t width, height; /* pixels */
    uint32_t dpi_x, dpi_y;
    uint32_t colors;   /* 3: srgb_8, 1: sgray_8 */
    uint32_t line_len; /* width * colors */
};

struct raster_reader;

MUST_USE enum err raster_reader_new(const struct raster_source *source, struct raster_reader **out);
void raster_reader_free(struct raster_reader *r); /* wipes; NULL is fine */

/*
 * The next page, when all lines of the one before were read.
 * Errors: ERR_NOTFOUND there is none; ERR_UNSUPPORTED another colour space; ERR_FORMAT no PWG Raster; ERR_LIMIT; the
 * source's.
 */
MUST_USE enum err raster_reader_page(struct raster_reader *r, struct raster_page *out);

/* Its next line: page.line_len bytes, valid until the next call. Errors as above; ERR_STATE the page has no more. */
MUST_USE enum err raster_reader_line(struct raster_reader *r, const uint8_t **line);

#endif
