/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unpack: undo IPP's compression (gzip, deflate) while a document arrives, in constant memory and with a bound on what
 * a small upload may grow to.
 */
#ifndef QUEUE_UNPACK_H
#define QUEUE_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct unpack; /* opaque; one per document */

enum unpack_method { UNPACK_NONE, UNPACK_GZIP, UNPACK_DEFLATE };

/*
 * Below this size anything may expand, above it at most this often. A page that is all white, as uncompressed raster,
 * comes to about 100; deflate itself ends at 1,032, which is what bombs are made of.
 */
#define UNPACK_FREE_BYTES (UINT64_C(16) << 20)
#define UNPACK_RATIO_MAX  200

/* method is not UNPACK_NONE. */
MUST_USE enum err unpack_new(enum unpack_method method, struct unpack **out);
void unpack_free(struct unpack *u);

/*
 * Unpack bytes as they come; what comes out goes to write, whose error ends it.
 * Errors: ERR_FORMAT not such a stream, or bytes behind its end; ERR_LIMIT it grows too much.
 */
typedef enum err unpack_write_fn(void *arg, const uint8_t *bytes, size_t len);
MUST_USE enum err unpack_bytes(struct unpack *u, const uint8_t *bytes, size_t len, unpack_write_fn *write, void *arg);

/* Was the whole stream there, with its checksum? ERR_FORMAT if not. */
MUST_USE enum err unpack_end(const struct unpack *u);

#endif
