/* SPDX-License-Identifier: Apache-2.0 */
/* sign: see sign.h. */
#include "crypto/sign.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum err sign_pair(const uint8_t seed[static KEY_LEN], uint8_t public_key[static KEY_LEN],
                   uint8_t secret_key[static SIGN_SECRET_LEN])
{
    return crypto_sign_seed_keypair(public_key, secret_key, seed) == 0 ? OK : ERR_AUTH;
}

enum err sign_bytes(const char *label, size_t label_size, const void *bytes, size_t len,
                    const uint8_t secret_key[static SIGN_SECRET_LEN], uint8_t out[static SIGNATURE_LEN])
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
    e = crypto_sign_detached(out, NULL, message, label_size + len, secret_key) == 0 ? OK : ERR_AUTH;
    secret_wipe(message, label_size + len); /* messages carry titles */
out:
    free(message);
    return e;
}
