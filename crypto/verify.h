/* SPDX-License-Identifier: Apache-2.0 */
/* verify: check an Ed25519 signature under a label, and name nodes and sites by their keys. All that a relay links of
 * crypto. */
#ifndef CRYPTO_VERIFY_H
#define CRYPTO_VERIFY_H

#include "base/err.h"
#include "base/hex.h"
#include "crypto/secret.h"

#define SIGNATURE_LEN 64

/* ERR_AUTH: not this key's signature over label (with its NUL) and bytes. */
MUST_USE enum err verify_bytes(const char *label, size_t label_size, const void *bytes, size_t len,
                               const uint8_t public_key[static KEY_LEN], const uint8_t signature[static SIGNATURE_LEN]);

#define VERIFY(label, bytes, len, key, sig) verify_bytes((label), sizeof(label), (bytes), (len), (key), (sig))

/* The id of a site or node: the first 16 bytes of SHA-256 of its Ed25519 public key. */
struct id verify_key_id(const uint8_t public_key[static KEY_LEN]);

#endif
