/* SPDX-License-Identifier: Apache-2.0 */
/* pages: the queue's own web page at "/", for the person at this computer, and the printer's icons. Nothing can be done
 * there. */
#ifndef QUEUE_PAGES_H
#define QUEUE_PAGES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct printer;
struct queue;

struct page {
    const char *type; /* Content-Type; static */
    uint8_t *bytes;   /* malloc()ed for the caller */
    size_t len;
};

/*
 *   p       as who asks reaches it
 *   uid     who asks: sees their own jobs
 *   path    as it stands in the request
 * Errors: ERR_NOTFOUND no such page; ERR_NOMEM.
 */
MUST_USE enum err pages_get(struct queue *q, const struct printer *p, uint32_t uid, const char *path, struct page *out);

#endif
