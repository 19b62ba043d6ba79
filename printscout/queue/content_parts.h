/* SPDX-License-Identifier: Apache-2.0 */
/* content_parts: the raster reader behind content.h. It is fed all bytes of the document, from the first on. */
#ifndef QUEUE_CONTENT_PARTS_H
#define QUEUE_CONTENT_PARTS_H

#include "printscout/queue/content.h"

/* Walks the compressed lines of each page to the next header: PWG 5102.4, and URF, which differs in its headers. */
struct content_raster {
    enum { RASTER_START, RASTER_HEADER, RASTER_LINE, RASTER_RUN, RASTER_PIXELS, RASTER_BROKEN } state;
    int is_urf;
    uint8_t header[432];         /* of a page, as far as numbers stand in it */
    size_t at;                   /* bytes of the document's or the page's header so far */
    uint32_t line_len, unit_len; /* bytes of a line, and of what a run repeats */
    uint32_t lines_left;         /* of the page */
    uint32_t repeat;             /* how many lines the present one stands for */
    uint32_t line_left;          /* bytes of the present line, unpacked */
    uint32_t run_left;           /* bytes of the present run, packed */
    uint8_t pixel[3];            /* of srgb_8, as far as it came */
    size_t pixel_len;
    int is_rgb, has_color, is_unsure; /* unsure: a page of another type */
    uint32_t pages;
    char type[TICKET_RASTER_SIZE]; /* of all pages; "": they differ */
    uint32_t dpi;                  /* the same; 0 */
};
void content_raster_start(struct content_raster *r, int is_urf);
void content_raster_bytes(struct content_raster *r, const uint8_t *bytes, size_t len);
void content_raster_found(const struct content_raster *r, struct ticket_content *out);

#endif
