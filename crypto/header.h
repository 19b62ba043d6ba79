/* SPDX-License-Identifier: Apache-2.0 */
/* header: the first 152 bytes of a sealed job and of its description. Layout: FORMAT.md, "Header". */
#ifndef CRYPTO_HEADER_H
#define CRYPTO_HEADER_H

#include "base/buf.h"
#include "base/hex.h"
#include "crypto/secret.h"

#define WRAP_LEN       80   /* ephemeral public key 32, box 48 */
#define HEADER_LEN     152  /* what version 1 writes */
#define HEADER_MAX_LEN 4096 /* what a reader of any version accepts before it knows more */

struct job_header {
    struct id site;
    struct id job;
    struct id node; /* origin */
    uint32_t epoch;
    uint64_t created_unix_ms;
    uint8_t wrapped_key[WRAP_LEN];
};

/* Write the header: exactly HEADER_LEN bytes. */
void header_write(const struct job_header *h, uint8_t out[static HEADER_LEN]);

/*
 * Read it from the start of bytes.
 * Errors: ERR_FORMAT wrong magic, reserved byte, length or cut short; ERR_UNSUPPORTED another version.
 */
MUST_USE enum err header_read(const uint8_t *bytes, size_t len, struct job_header *out);

#define HEADER_CONTEXT_LEN 64

/* SHA-512 of label (with its NUL) and header: the context under which payload and description are sealed. */
MUST_USE enum err header_context(const char *label, size_t label_size, const uint8_t header[static HEADER_LEN],
                                 uint8_t out[static HEADER_CONTEXT_LEN]);

#endif
