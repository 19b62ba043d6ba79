/* SPDX-License-Identifier: Apache-2.0 */
/* sign: Ed25519 signatures (RFC 8032) under a label, with libsodium. Checking them is verify.h. */
#ifndef CRYPTO_SIGN_H
#define CRYPTO_SIGN_H

#include "base/hex.h"
#include "crypto/secret.h"
#include "crypto/verify.h"

#define SIGN_SECRET_LEN 64 /* libsodium's form: seed and public key */

/* A pair from 32 secret bytes; the same seed gives the same pair. secret_key is locked memory of the caller's. */
MUST_USE enum err sign_pair(const uint8_t seed[static KEY_LEN], uint8_t public_key[static KEY_LEN],
                            uint8_t secret_key[static SIGN_SECRET_LEN]);

/* Sign label (with its NUL), then bytes. label_size is sizeof the label. */
MUST_USE enum err sign_bytes(const char *label, size_t label_size, const void *bytes, size_t len,
                             const uint8_t secret_key[static SIGN_SECRET_LEN], uint8_t out[static SIGNATURE_LEN]);

#define SIGN(label, bytes, len, key, out) sign_bytes((label), sizeof(label), (bytes), (len), (key), (out))

#endif
