/* SPDX-License-Identifier: Apache-2.0 */
/* unseal: read a sealed job back. Only the courier links this. Format: FORMAT.md */
#ifndef CRYPTO_UNSEAL_H
#define CRYPTO_UNSEAL_H

#include "crypto/chunked_open.h"
#include "crypto/header.h"

struct unseal; /* opaque; one per delivery; its key schedule as in chunked_seal.h */

/*
 * Start opening a job.
 *   key     the job key; copied, the caller wipes its own
 *   start   the file's first HEADER_LEN + CHUNKED_PREFIX_LEN bytes
 * Errors: ERR_FORMAT bad header, ERR_AUTH wrong key, ERR_NOMEM.
 */
MUST_USE enum err unseal_new(const uint8_t key[static KEY_LEN], const uint8_t *start, size_t len, struct unseal **out);
void unseal_free(struct unseal *u); /* wipes; NULL is fine */

/* As chunked_open_chunk. */
MUST_USE enum err unseal_chunk(struct unseal *u, uint64_t index, const uint8_t *sealed, size_t len, uint8_t *plain);

/* Sees each chunk's plaintext while a file is verified, which may still turn out damaged; an error ends it. */
typedef enum err unseal_look_fn(void *arg, const uint8_t *plain, size_t len);

/*
 * Read the whole payload from fd (whose header starts at offset 0) and check every chunk; nothing is given out.
 *   payload_len  what the order says; the file must have exactly HEADER_LEN + payload_len bytes
 *   look         NULL, or called with each chunk
 *   document_len on OK the document's bytes
 * Errors: ERR_FORMAT another length, ERR_AUTH changed anywhere, ERR_IO; what look gave.
 */
MUST_USE enum err unseal_verify(struct unseal *u, int fd, uint64_t payload_len, unseal_look_fn *look, void *arg,
                                uint64_t *document_len);

#endif
