/* SPDX-License-Identifier: Apache-2.0 */
/* gcm_seal: see gcm_seal.h. */
#include "crypto/gcm_seal.h"

#include <limits.h>

enum err gcm_seal_new(const uint8_t key[static KEY_LEN], EVP_CIPHER_CTX **out)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

    if (ctx == NULL || EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, NULL) != 1) {
        EVP_CIPHER_CTX_free(ctx);
        return ERR_NOMEM;
    }
    *out = ctx;
    return OK;
}

enum err gcm_seal(EVP_CIPHER_CTX *ctx, const uint8_t nonce[static GCM_NONCE_LEN], const uint8_t *plain, size_t len,
                  uint8_t *out)
{
    static const uint8_t empty[1];
    int n = 0, end = 0;

    if (len > INT_MAX)
        return ERR_LIMIT;
    if (EVP_EncryptInit_ex(ctx, NULL, NULL, NULL, nonce) != 1)
        return ERR_NOMEM;
    if (EVP_EncryptUpdate(ctx, out, &n, len == 0 ? empty : plain, (int)len) != 1 || (size_t)n != len)
        return ERR_NOMEM;
    if (EVP_EncryptFinal_ex(ctx, out + len, &end) != 1 || end != 0)
        return ERR_NOMEM;
    if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_LEN, out + len) != 1)
        return ERR_NOMEM;
    return OK;
}
