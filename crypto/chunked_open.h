/* SPDX-License-Identifier: Apache-2.0 */
/* chunked_open: decrypt what chunked_seal wrote; detects truncation, extension, reordering and splicing. */
#ifndef CRYPTO_CHUNKED_OPEN_H
#define CRYPTO_CHUNKED_OPEN_H

#include "crypto/chunked.h"
#include "crypto/secret.h"

struct chunked_open;

/* Start: checks the commitment. ERR_AUTH: this is not the key or not the context. */
MUST_USE enum err chunked_open_new(const uint8_t key[static KEY_LEN], const void *context, size_t contextlen,
                                   const uint8_t prefix[static CHUNKED_PREFIX_LEN], struct chunked_open **out);
void chunked_open_free(struct chunked_open *o);

/*
 * Open chunk number index (0 is the first); any order, so a second pass starts at 0 again.
 *   sealed  len bytes: CHUNK_SEALED_LEN, or fewer for the last chunk
 *   plain   receives len - CHUNK_TAG_LEN bytes; may be the same memory
 * Errors: ERR_FORMAT len impossible; ERR_AUTH changed, moved, or last and not last confused. Nothing of plain may then
 * be used.
 */
MUST_USE enum err chunked_open_chunk(struct chunked_open *o, uint64_t index, const uint8_t *sealed, size_t len,
                                     uint8_t *plain);

/* Everything at once. out holds max bytes. ERR_LIMIT when it does not fit. */
MUST_USE enum err chunked_open_all(const uint8_t key[static KEY_LEN], const void *context, size_t contextlen,
                                   const uint8_t *sealed, size_t len, uint8_t *out, size_t max, size_t *outlen);

#endif
