/* SPDX-License-Identifier: Apache-2.0 */
/*
 * numbers: IPP job-ids that are never used twice, across restarts and power cuts. A file in the spool says which are
 * reserved; after a restart what was left of a reserve is skipped.
 */
#ifndef QUEUE_NUMBERS_H
#define QUEUE_NUMBERS_H

#include <stdint.h>

#include "base/err.h"

#define NUMBERS_FILE    "numbers" /* in the spool: the first number that was never reserved, in decimal digits */
#define NUMBERS_RESERVE 1000      /* one fsync serves so many jobs */

struct numbers; /* opaque; any thread may ask it */

/*
 *   spool   the spool folder; used as long as the object lives
 *   above   every number given out is larger: the highest that a job in the spool has
 * Errors: ERR_FORMAT the file is damaged; ERR_IO; ERR_NOMEM.
 */
MUST_USE enum err numbers_new(int spool, uint32_t above, struct numbers **out);
void numbers_free(struct numbers *n);

/* The next number, from 1 to 2^31 - 1. Errors: ERR_FULL or ERR_IO its reserve cannot be written; ERR_LIMIT all used. */
MUST_USE enum err numbers_next(struct numbers *n, uint32_t *out);

#endif
