/* SPDX-License-Identifier: Apache-2.0 */
/* raster_page: what the headers of PWG Raster (PWG 5102.4) and URF say of a page. Every number is bounded here. */
#ifndef PRINTSCOUT_COURIER_RASTER_PAGE_H
#define PRINTSCOUT_COURIER_RASTER_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define RASTER_LINE_MAX  (256u * 1024)        /* bytes: 1.8 m at 1,200 dpi in colour */
#define RASTER_PAGE_MAX  ((uint64_t)2 << 30)  /* bytes of samples: A0 at 600 dpi in colour is 1.7 GB */
#define RASTER_TOTAL_MAX ((uint64_t)64 << 30) /* of all pages: a few bytes can claim that much */
#define RASTER_DPI_MIN   30
#define RASTER_DPI_MAX   4800

#define RASTER_START_MAX  12   /* bytes before the first page's header: 4 of PWG Raster, 12 of URF */
#define RASTER_HEADER_MAX 1796 /* of a page: 1,796 and 32 */

enum raster_kind { RASTER_PWG, RASTER_URF };

struct raster_page {
    enum raster_kind kind;
    uint32_t width, height; /* pixels */
    uint32_t dpi_x, dpi_y;
    uint32_t colors;   /* 3: srgb_8, 1: sgray_8 */
    uint32_t line_len; /* width * colors */
};

/* Which one begins so? ERR_FORMAT: neither. start has RASTER_START_MAX bytes. */
MUST_USE enum err raster_kind_of(const uint8_t *start, enum raster_kind *out);

size_t raster_start_len(enum raster_kind kind);
size_t raster_header_len(enum raster_kind kind);

/*
 * A page's header, raster_header_len() bytes.
 * Errors: ERR_UNSUPPORTED another colour space than sRGB and grey of 8 bits; ERR_FORMAT; ERR_LIMIT.
 */
MUST_USE enum err raster_page_read(enum raster_kind kind, const uint8_t *header, struct raster_page *out);

/* Four bytes of a header, big-endian as all its numbers are. */
uint32_t raster_number(const uint8_t *header, size_t at);

/* IPP's word for its type: "srgb_8", "sgray_8". */
const char *raster_page_type(const struct raster_page *p);

/* A line's runs (PWG 5102.4 section 4.3.2): a code below 128 repeats one pixel code + 1 times, one above is followed by
 * 257 - code pixels as they are. 128 itself is reserved in PWG Raster; in URF it leaves the rest of the line white. */
#define RASTER_RUN_FILL    128
#define RASTER_RUN_LITERAL 257
#define RASTER_WHITE       0xff

/* Pixels of a run, and of how many of them the bytes follow. */
static inline size_t raster_run_pixels(uint8_t code)
{
    return code < RASTER_RUN_FILL ? code + 1u : (size_t)(RASTER_RUN_LITERAL - code);
}

static inline size_t raster_run_stored(uint8_t code)
{
    return code < RASTER_RUN_FILL ? 1 : (size_t)(RASTER_RUN_LITERAL - code);
}

#endif
