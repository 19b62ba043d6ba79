/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raster_pdf: a PWG Raster document as a PDF of one picture a page, while it streams: for printers that take PDF and no
 * raster. The same document gives the same bytes each time, so that its length can be counted before it is sent.
 */
#ifndef PRINTSCOUT_COURIER_RASTER_PDF_H
#define PRINTSCOUT_COURIER_RASTER_PDF_H

#include "printscout/courier/raster_reader.h"

#define RASTER_PDF_PAGES_MAX 5000

struct raster_pdf; /* opaque; about 800 KiB whatever the document is */

MUST_USE enum err raster_pdf_new(const struct raster_source *source, struct raster_pdf **out);
void raster_pdf_free(struct raster_pdf *p); /* wipes; NULL is fine */

/* The next bytes of the PDF, as many as there are but at most max; *len is 0 at the end. Errors: raster_reader's. */
MUST_USE enum err raster_pdf_read(struct raster_pdf *p, uint8_t *out, size_t max, size_t *len);

#endif
