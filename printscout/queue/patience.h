/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patience: how long a person's documents may still keep the queue's workers waiting for a count of their pages. Few
 * workers serve all connections of a socket, so whoever printed documents that take long to count would have everybody
 * wait with them. Any thread may call.
 */
#ifndef QUEUE_PATIENCE_H
#define QUEUE_PATIENCE_H

#include <stdint.h>

#include "base/err.h"

#define PATIENCE_MOST_MS 3000 /* at once; some hundred documents of the usual kind */
#define PATIENCE_PART    10   /* after that one part in so many of the time */

struct patience;

MUST_USE enum err patience_new(struct patience **out);
void patience_free(struct patience *p); /* NULL is fine */

/* Up to so many milliseconds: how many of them there are. They are gone until patience_give_back(). */
uint64_t patience_take(struct patience *p, uint32_t uid, uint64_t want_ms, uint64_t now_boot_ms);

/* What was taken and not needed. */
void patience_give_back(struct patience *p, uint32_t uid, uint64_t left_ms);

#endif
