/* SPDX-License-Identifier: Apache-2.0 */
/* gcm_open: AES-256-GCM, the opening direction. For chunked_open and unwrap only. */
#ifndef CRYPTO_GCM_OPEN_H
#define CRYPTO_GCM_OPEN_H

#include "crypto/openssl.h"
#include "crypto/secret.h"

#define GCM_NONCE_LEN 12
#define GCM_TAG_LEN   16

/* A context with the key schedule set up; EVP_CIPHER_CTX_free() wipes it. */
MUST_USE enum err gcm_open_new(const uint8_t key[static KEY_LEN], EVP_CIPHER_CTX **out);

/*
 * sealed has len + GCM_TAG_LEN bytes; plain receives len and may be the same memory.
 * ERR_AUTH: the tag does not match; plain is wiped then.
 */
MUST_USE enum err gcm_open(EVP_CIPHER_CTX *ctx, const uint8_t nonce[static GCM_NONCE_LEN], const uint8_t *sealed,
                           size_t len, uint8_t *plain);

#endif
