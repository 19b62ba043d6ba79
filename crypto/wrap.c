/* SPDX-License-Identifier: Apache-2.0 */
/* wrap: see wrap.h. */
#include "crypto/wrap.h"

#include <sodium.h>

#include "crypto/gcm_seal.h"
#include "crypto/wrap_derive.h"

enum err wrap_key(const uint8_t public_key[static KEY_LEN], const struct piece *info, size_t count,
                  const uint8_t key[static KEY_LEN], uint8_t out[static WRAP_LEN])
{
    uint8_t *secret = secret_new(2 * KEY_LEN); /* the ephemeral secret key, then the wrap's key */
    EVP_CIPHER_CTX *gcm = NULL;
    enum err e = ERR_NOMEM;

    _Static_assert(WRAP_LEN == KEY_LEN + KEY_LEN + GCM_TAG_LEN, "ephemeral public key, sealed key, tag");
    if (secret == NULL)
        goto out;
    secret_random(secret, KEY_LEN);
    e = ERR_AUTH;
    if (crypto_scalarmult_base(out, secret) != 0)
        goto out;
    const struct wrap_derive w = {
        .secret_key = secret, .peer_public_key = public_key, .ephemeral_public = out, .recipient_public = public_key};
    if ((e = wrap_derive(&w, info, count, secret + KEY_LEN)) != OK)
        goto out;
    if ((e = gcm_seal_new(secret + KEY_LEN, &gcm)) != OK)
        goto out;
    e = gcm_seal(gcm, WRAP_NONCE, key, KEY_LEN, out + KEY_LEN);
out:
    EVP_CIPHER_CTX_free(gcm);
    secret_free(secret);
    return e;
}
