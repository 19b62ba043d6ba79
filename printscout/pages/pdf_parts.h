/* SPDX-License-Identifier: Apache-2.0 */
/* pdf_parts: what pdf.c and pdf_color.c share. For those two only. */
#ifndef PRINTSCOUT_PAGES_PDF_PARTS_H
#define PRINTSCOUT_PAGES_PDF_PARTS_H

#include <qpdf/qpdf-c.h>

#include "printscout/pages/pdf.h"

struct pdf {
    qpdf_data qpdf;
    uint32_t pages;
};

/* Did the last call go wrong? Also takes the error away. */
int pdf_failed(struct pdf *p);

#endif
