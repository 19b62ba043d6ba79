/* SPDX-License-Identifier: Apache-2.0 */
/* gcm_seal: AES-256-GCM, the sealing direction, without associated data. For chunked_seal and wrap only. */
#ifndef CRYPTO_GCM_SEAL_H
#define CRYPTO_GCM_SEAL_H

#include "crypto/openssl.h"
#include "crypto/secret.h"

#define GCM_NONCE_LEN 12
#define GCM_TAG_LEN   16

/* A context with the key schedule set up; EVP_CIPHER_CTX_free() wipes it. */
MUST_USE enum err gcm_seal_new(const uint8_t key[static KEY_LEN], EVP_CIPHER_CTX **out);

/* out receives len + GCM_TAG_LEN bytes and may be plain. A nonce must never come twice. */
MUST_USE enum err gcm_seal(EVP_CIPHER_CTX *ctx, const uint8_t nonce[static GCM_NONCE_LEN], const uint8_t *plain,
                           size_t len, uint8_t *out);

#endif
