/* SPDX-License-Identifier: Apache-2.0 */
/* verify: see verify.h. libsodium refuses keys of small order and signatures in more than one form. */
#include "crypto/verify.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum err verify_bytes(const char *label, size_t label_size, const void *bytes, size_t len,
                      const uint8_t public_key[static KEY_LEN], const uint8_t signature[static SIGNATURE_LEN])
{
    uint8_t *message = NULL;
    enum err e = ERR_LIMIT;

    if (len > SIZE_MAX - label_size)
        goto out;
    e = ERR_NOMEM;
    if ((message = malloc(label_size + len)) == NULL)
        goto out;
    memcpy(message, label, label_size);
    if (len > 0)
        memcpy(message + label_size, bytes, len);
    e = crypto_sign_verify_detached(signature, message, label_size + len, public_key) == 0 ? OK : ERR_AUTH;
    secret_wipe(message, label_size + len); /* messages carry titles */
out:
    free(message);
    return e;
}

struct id verify_key_id(const uint8_t public_key[static KEY_LEN])
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    struct id id;

    crypto_hash_sha256(hash, public_key, KEY_LEN);
    memcpy(id.b, hash, ID_LEN);
    return id;
}
