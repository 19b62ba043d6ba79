/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sse: a reader of a mailbox's event stream, fed as bytes come. What it keeps is bounded by one event of the largest
 * message, whatever a hostile relay sends.
 */
#ifndef PROTO_SSE_H
#define PROTO_SSE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SSE_MESSAGE_MAX_LEN 65536

struct sse;

/* A message, or sealed NULL for a heartbeat (cursor is then 0). An error from it ends the reading. */
typedef enum err sse_fn(void *arg, uint64_t cursor, const uint8_t *sealed, size_t len);

MUST_USE enum err sse_new(sse_fn *fn, void *arg, struct sse **out);
void sse_free(struct sse *s);

/*
 * Take the next bytes and call fn for each event that they complete.
 * Errors: ERR_LIMIT a line or message longer than any relay sends; ERR_FORMAT an event without a number, without data
 * or with data that is not base64; ERR_NOMEM; what fn returned. Do not feed it again after an error.
 */
MUST_USE enum err sse_feed(struct sse *s, const char *bytes, size_t len);

#endif
