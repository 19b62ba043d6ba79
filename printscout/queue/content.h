/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content: what a document has in it, found while it passes: nothing is kept here but a few bytes, nothing goes through
 * a file. PDF is read by printscout-pages; PWG Raster and URF by their headers and runs; JPEG is one page. What cannot
 * be told so is unknown, never guessed. It is for the list at the panel, for what a printer can make of it, and for
 * reports; a document may lie, and only its own line is wrong then.
 */
#ifndef QUEUE_CONTENT_H
#define QUEUE_CONTENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "proto/ticket.h"

struct content; /* opaque; one per document */
struct readers;

#define CONTENT_PAGES_MAX 1000000 /* more is no document but an error, or a joke */

/* readers: used as long as the content lives; NULL: of PDFs nothing is known. */
MUST_USE enum err content_new(struct readers *readers, struct content **out);
void content_free(struct content *c); /* wipes; NULL is fine */

/* Look at bytes of the document as they come. */
void content_bytes(struct content *c, const uint8_t *bytes, size_t len);

/* After the last byte. Does not wait. */
void content_end(struct content *c);

/* After content_end(), once: what was found. May wait for that person's document, as reader_answer() does. */
void content_found(struct content *c, uint32_t uid, struct ticket_content *out);

#endif
