/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readers: the way of PDF documents into printscout-pages, which counts their pages in confined processes. A document
 * that is too large, comes too slowly or ends its reader has an unknown number of pages, and nothing else becomes of
 * it.
 */
#ifndef QUEUE_READERS_H
#define QUEUE_READERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "printscout/pages/answer.h"

#define READERS_BYTES_MAX ((size_t)256 << 20) /* of all documents on their way at once */
#define READER_TAKE_MS    1000                /* a reader that does not take bytes for so long is given up */
#define READER_PAGES_MS   1000                /* from the document's end to its number of pages */
#define READER_COLOR_MS   200                 /* and from there to its colours; the job waits for its acknowledgement */

struct readers;

/*
 * Start the program, which stands beside this one. Before threads, and before sandbox_no_exec().
 * Errors: ERR_IO it did not start; ERR_NOMEM.
 */
MUST_USE enum err readers_new(struct readers **out);
void readers_free(struct readers *rs); /* ends the program; NULL is fine */

struct reader; /* of one document; one thread uses it at a time */

/* Errors: ERR_IO, ERR_NOMEM. */
MUST_USE enum err reader_new(struct readers *rs, struct reader **out);
void reader_free(struct reader *r); /* NULL is fine */

/* Bytes of the document as they come. */
void reader_bytes(struct reader *r, const uint8_t *bytes, size_t len);

/* The document has ended. Does not wait. */
void reader_end(struct reader *r);

/*
 * After reader_end(), once. pages: 0 unknown. Waits, for READER_PAGES_MS and READER_COLOR_MS at most, and no longer
 * than patience.h has for that person.
 */
void reader_answer(struct reader *r, uint32_t uid, uint32_t *pages, enum pages_color *color);

#endif
