/* SPDX-License-Identifier: Apache-2.0 */
/* pdf: pages of a PDF document in memory, and whether they have colour; read with qpdf. */
#ifndef PRINTSCOUT_PAGES_PDF_H
#define PRINTSCOUT_PAGES_PDF_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "printscout/pages/answer.h"

struct pdf; /* opaque */

/*
 * Read its structure. Nothing is repaired: what is cut or damaged is refused, since counting the rest would be a guess.
 *   bytes   used until pdf_free()
 * Errors: ERR_FORMAT no whole PDF, or one that needs a password; ERR_NOMEM.
 */
MUST_USE enum err pdf_open(const uint8_t *bytes, size_t len, struct pdf **out);
void pdf_free(struct pdf *p);

uint32_t pdf_pages(const struct pdf *p);

/*
 * Does any page name a colour that is no grey? Pictures in colour spaces of colour, shadings, patterns and annotations
 * are not looked into: with one of them, and no colour named beside it, the answer is "unknown".
 */
enum pages_color pdf_color(struct pdf *p);

#endif
