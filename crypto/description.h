/* SPDX-License-Identifier: Apache-2.0 */
/* description: what a job's description says, as bytes and back. seal.h seals it, describe.h opens it. */
#ifndef CRYPTO_DESCRIPTION_H
#define CRYPTO_DESCRIPTION_H

#include "crypto/chunked.h"
#include "crypto/header.h"

/* Text is UTF-8 without control characters; owner and ticket belong to the caller. */
struct description {
    uint32_t number; /* rises when the queue writes a changed one */
    uint8_t payload_prefix[CHUNKED_PREFIX_LEN];
    uint64_t payload_len; /* bytes of the payload: prefix and chunks */
    const char *owner;    /* <= OWNER_MAX_LEN bytes, not empty */
    const uint8_t *ticket;
    size_t ticket_len;
};

#define OWNER_MAX_LEN          255
#define DESCRIPTION_MAX_PADDED 16384 /* so that an announcement, which carries the file, fits into a message */
#define DESCRIPTION_MAX_PLAIN  (DESCRIPTION_MAX_PADDED - 1)
#define DESCRIPTION_FILE_MAX   (HEADER_LEN + CHUNKED_PREFIX_LEN + DESCRIPTION_MAX_PADDED + 2 * CHUNK_TAG_LEN)

/*
 * Write the padded plaintext; out has room for DESCRIPTION_MAX_PADDED bytes.
 * Errors: ERR_LIMIT owner or ticket too long; ERR_FORMAT owner empty or unclean.
 */
MUST_USE enum err description_write(const struct description *d, uint8_t *out, size_t *outlen);

/*
 * Read it back: *d points into plain, d->owner to owner.
 * Errors: ERR_FORMAT; ERR_LIMIT the owner is longer than allowed.
 */
MUST_USE enum err description_read(const uint8_t *plain, size_t len, char owner[static OWNER_MAX_LEN + 1],
                                   struct description *d);

/* The key it is sealed under, from the job key; out is locked memory. */
MUST_USE enum err description_key(const uint8_t job_key[static KEY_LEN], uint8_t out[static KEY_LEN]);

#endif
