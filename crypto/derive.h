/* SPDX-License-Identifier: Apache-2.0 */
/* derive: SHA-256, SHA-512, HMAC-SHA-512 and HKDF-SHA-512 (RFC 5869) from OpenSSL, under labels. */
#ifndef CRYPTO_DERIVE_H
#define CRYPTO_DERIVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A piece of input. Hashes and contexts are taken over the pieces one after another. */
struct piece {
    const void *bytes;
    size_t len;
};

#define LABEL_PIECE(label) ((struct piece){(label), sizeof(label)}) /* with its closing NUL */

MUST_USE enum err derive_sha256(const struct piece *pieces, size_t count, uint8_t out[static 32]);
MUST_USE enum err derive_sha512(const struct piece *pieces, size_t count, uint8_t out[static 64]);
MUST_USE enum err derive_hmac_sha512(const uint8_t *key, size_t keylen, const struct piece *pieces, size_t count,
                                     uint8_t out[static 64]);

/* RFC 5869 §2.2 and §2.3; info is the pieces one after another, at most 1,024 bytes in all. outlen <= 255 * 64. */
MUST_USE enum err derive_hkdf(const void *salt, size_t saltlen, const void *ikm, size_t ikmlen,
                              const struct piece *info, size_t count, uint8_t *out, size_t outlen);

/* RFC 5869 §2.3 alone: prk is a key already (>= 32 bytes). */
MUST_USE enum err derive_hkdf_expand(const void *prk, size_t prklen, const struct piece *info, size_t count,
                                     uint8_t *out, size_t outlen);

#endif
