/* SPDX-License-Identifier: Apache-2.0 */
/* chunked_keys: what chunked_seal and chunked_open derive alike. For those two only. */
#ifndef CRYPTO_CHUNKED_KEYS_H
#define CRYPTO_CHUNKED_KEYS_H

#include "crypto/chunked.h"
#include "crypto/secret.h"

#define CHUNK_NONCE_LEN 12
#define CHUNK_COUNT_MAX ((uint64_t)1 << 38) /* the format's limit: 4 PiB */

/* The output of the derivation, in its order; keep it in locked memory. */
struct chunked_keys {
    uint8_t key[KEY_LEN];
    uint8_t base_nonce[CHUNK_NONCE_LEN];
    uint8_t commitment[CHUNKED_COMMIT_LEN];
};

/* ERR_LIMIT: the context is longer than derive.h takes. */
MUST_USE enum err chunked_derive(const uint8_t input_key[static KEY_LEN], const uint8_t salt[static CHUNKED_SALT_LEN],
                                 const void *context, size_t contextlen, struct chunked_keys *out);

/* The nonce of chunk index: the base nonce with the index, big-endian, over its end. */
void chunked_nonce(const uint8_t base[static CHUNK_NONCE_LEN], uint64_t index, uint8_t out[static CHUNK_NONCE_LEN]);

#endif
