/* SPDX-License-Identifier: Apache-2.0 */
/* chunked_seal: encrypt a stream under one key, chunk by chunk. See chunked.h. */
#ifndef CRYPTO_CHUNKED_SEAL_H
#define CRYPTO_CHUNKED_SEAL_H

#include "crypto/chunked.h"
#include "crypto/secret.h"

struct chunked_seal; /* opaque; its key schedule is OpenSSL's: wiped when freed, but in memory that is not locked */

/*
 * Start a stream: derives the keys and writes the prefix (salt, commitment).
 *   key      32 secret bytes; copied
 *   context  bound to every chunk; not kept
 *   salt     NULL: random, as it must be; tests of the format give one
 *   prefix   receives CHUNKED_PREFIX_LEN bytes, the first of the output
 *   out      on OK a new object for chunked_seal_free()
 */
MUST_USE enum err chunked_seal_new(const uint8_t key[static KEY_LEN], const void *context, size_t contextlen,
                                   const uint8_t *salt, uint8_t prefix[static CHUNKED_PREFIX_LEN],
                                   struct chunked_seal **out);
void chunked_seal_free(struct chunked_seal *s); /* wipes; NULL is fine */

/*
 * Seal one chunk.
 *   plain   CHUNK_LEN bytes; the last chunk has fewer, possibly none, and ends the stream
 *   sealed  receives len + CHUNK_TAG_LEN bytes; may be the same memory as plain
 * Errors: ERR_STATE after the last chunk; ERR_LIMIT when len > CHUNK_LEN or the stream would be too long.
 */
MUST_USE enum err chunked_seal_chunk(struct chunked_seal *s, const uint8_t *plain, size_t len, uint8_t *sealed);

/* Everything at once: out receives chunked_sealed_len(len) bytes. */
MUST_USE enum err chunked_seal_all(const uint8_t key[static KEY_LEN], const void *context, size_t contextlen,
                                   const uint8_t *plain, size_t len, uint8_t *out);

#endif
