/* SPDX-License-Identifier: Apache-2.0 */
/* content_parts: the three readers behind content.h. Each is fed all bytes of the document, from the first on. */
#ifndef QUEUE_CONTENT_PARTS_H
#define QUEUE_CONTENT_PARTS_H

#include "printscout/queue/content.h"

#define CONTENT_PDF_WINDOW 8192 /* stays in the fastest cache */
#define CONTENT_PDF_REACH  64   /* a name, white space, and the name behind it */

/* Counts "/Type /Page" outside compressed object streams; unknown when there are such streams. */
struct content_pdf {
    uint8_t window[CONTENT_PDF_WINDOW]; /* so that no name is cut by the way in which the bytes come */
    size_t window_len;
    int has_object_streams, is_linearized;
    uint32_t pages, trailers;
};
void content_pdf_bytes(struct content_pdf *p, const uint8_t *bytes, size_t len);
uint32_t content_pdf_pages(struct content_pdf *p); /* once, at the end */

/* Walks the compressed lines of each page to the next header (PWG 5102.4). */
struct content_pwg {
    enum { PWG_SYNC, PWG_HEADER, PWG_LINE, PWG_RUN, PWG_LITERAL, PWG_BROKEN } state;
    uint8_t header[400];         /* of a page, as far as sizes stand in it */
    size_t at;                   /* bytes of sync word or header so far */
    uint32_t line_len, unit_len; /* bytes of a line, and of what a run repeats */
    uint32_t lines_left;         /* of the page */
    uint32_t repeat;             /* how many lines the present one stands for */
    uint32_t line_left;          /* bytes of the present line, unpacked */
    uint32_t literal_left;       /* bytes of the present run, packed */
    uint32_t pages;
};
void content_pwg_bytes(struct content_pwg *p, const uint8_t *bytes, size_t len);
uint32_t content_pwg_pages(const struct content_pwg *p);

#endif
