/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jpeg_pdf: a JPEG picture as a PDF of one page, for printers that take PDF and no JPEG. The picture's bytes go out as
 * they are (ISO 32000-1 section 7.4.8, DCTDecode); around them stands a page of its size.
 */
#ifndef PRINTSCOUT_COURIER_JPEG_PDF_H
#define PRINTSCOUT_COURIER_JPEG_PDF_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define JPEG_HEAD_MAX 262144 /* bytes before the picture's size is said: metadata, a preview */

struct jpeg {
    uint32_t width, height; /* pixels */
    uint32_t colors;        /* 1, 3; 4 when adobe_inverted may be set */
    int adobe;              /* it was written by Adobe's tools: four colours are stored inverted */
    uint32_t dpi_x, dpi_y;  /* 0: not said */
    int rotate;             /* degrees clockwise by which it is to be turned to be upright: EXIF's orientation */
};

/*
 * Read what stands before the picture's lines.
 *   head    the document's first len bytes
 * Errors: ERR_FORMAT no JPEG, or cut; ERR_UNSUPPORTED one that PDF does not take (12 bits, lossless, arithmetic) or
 * that is mirrored.
 */
MUST_USE enum err jpeg_read(const uint8_t *head, size_t len, struct jpeg *out);

#define JPEG_PDF_TEXT_MAX 1024

/* What stands before and behind the picture's bytes. Both return the length. */
size_t jpeg_pdf_before(const struct jpeg *j, uint64_t picture_len, char out[static JPEG_PDF_TEXT_MAX]);
size_t jpeg_pdf_behind(const struct jpeg *j, uint64_t picture_len, char out[static JPEG_PDF_TEXT_MAX]);

#endif
