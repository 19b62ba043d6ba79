/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seal: make a sealed job while its bytes arrive. The workstation keeps no way to open it. Format: FORMAT.md.
 * The caller writes what it is given: first the header and prefix, then each sealed chunk.
 */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

#include "crypto/chunked_seal.h"
#include "crypto/description.h"
#include "crypto/header.h"

struct seal; /* opaque; one per job; in locked memory, but for the key schedule (chunked_seal.h) */

struct seal_opts {
    struct id site, job, node; /* job: all zero makes a random one */
    uint32_t epoch;
    const uint8_t *epoch_public_key; /* KEY_LEN bytes */
    uint64_t created_unix_ms;
};

#define SEAL_START_LEN (HEADER_LEN + CHUNKED_PREFIX_LEN)

/*
 * Start a job under a fresh random key.
 *   start   receives SEAL_START_LEN bytes: header, then salt and commitment
 */
MUST_USE enum err seal_new(const struct seal_opts *opts, uint8_t start[static SEAL_START_LEN], struct seal **out);
void seal_free(struct seal *s); /* wipes; NULL is fine */

/*
 * Seal bytes of any length, as they come. Whole chunks leave through write, many at a time; what is short of a chunk is
 * kept.
 *   write   called with sealed bytes, at most 256 KiB and some; its error ends the job
 */
typedef enum err seal_write_fn(void *arg, const uint8_t *sealed, size_t len);
MUST_USE enum err seal_bytes(struct seal *s, const void *plain, size_t len, seal_write_fn *write, void *arg);

/* Seal the last chunk and write what is left. Afterwards the payload's key is wiped; only the description key is left.
 */
MUST_USE enum err seal_end(struct seal *s, seal_write_fn *write, void *arg);

/* Bytes of the whole payload (prefix and chunks) after seal_end. */
uint64_t seal_payload_len(const struct seal *s);
/* Bytes of the document so far. */
uint64_t seal_document_len(const struct seal *s);
struct id seal_job(const struct seal *s);

/*
 * Write the description file: header and sealed, padded description. After seal_end; again with a higher number when
 * something changed.
 *   d       number, owner and ticket are taken; the payload's fields come from the seal itself
 *   out     receives at most DESCRIPTION_FILE_MAX bytes
 * Errors: ERR_STATE before seal_end; ERR_LIMIT owner or ticket too long; ERR_FORMAT owner empty or unclean.
 */
MUST_USE enum err seal_description(struct seal *s, const struct description *d, uint8_t *out, size_t *outlen);

#endif
