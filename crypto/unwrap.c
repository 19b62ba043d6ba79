/* SPDX-License-Identifier: Apache-2.0 */
/* unwrap: see unwrap.h. */
#include "crypto/unwrap.h"

#include "crypto/gcm_open.h"
#include "crypto/wrap_derive.h"

enum err unwrap_key(const uint8_t secret_key[static KEY_LEN], const uint8_t public_key[static KEY_LEN],
                    const struct piece *info, size_t count, const uint8_t wrapped[static WRAP_LEN],
                    uint8_t out[static KEY_LEN])
{
    const struct wrap_derive w = {.secret_key = secret_key,
                                  .peer_public_key = wrapped,
                                  .ephemeral_public = wrapped,
                                  .recipient_public = public_key};
    uint8_t *key = secret_new(KEY_LEN);
    EVP_CIPHER_CTX *gcm = NULL;
    enum err e = ERR_NOMEM;

    if (key == NULL)
        goto out;
    if ((e = wrap_derive(&w, info, count, key)) != OK)
        goto out;
    if ((e = gcm_open_new(key, &gcm)) != OK)
        goto out;
    e = gcm_open(gcm, WRAP_NONCE, wrapped + KEY_LEN, KEY_LEN, out);
out:
    EVP_CIPHER_CTX_free(gcm);
    secret_free(key);
    return e;
}
