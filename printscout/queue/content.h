/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content: how many pages a document has, found while it passes: nothing is kept but a few bytes, nothing goes through
 * a file. PDF by its page objects, PWG Raster and URF by their headers, JPEG is one page. What cannot be told so is
 * unknown, never guessed. It is for the list at the panel and for reports; a document may lie, and only its own line is
 * wrong then.
 */
#ifndef QUEUE_CONTENT_H
#define QUEUE_CONTENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct content; /* opaque; one per document */

#define CONTENT_PAGES_MAX 1000000 /* more is no document but an error, or a joke */

MUST_USE enum err content_new(struct content **out);
void content_free(struct content *c); /* wipes; NULL is fine */

/* Look at bytes of the document as they come. */
void content_bytes(struct content *c, const uint8_t *bytes, size_t len);

/* After the last byte, once: how many pages. 0: unknown. */
uint32_t content_pages(struct content *c);

#endif
