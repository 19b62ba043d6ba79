/* SPDX-License-Identifier: Apache-2.0 */
/* gcm_open: see gcm_open.h. */
#include "crypto/gcm_open.h"

#include <limits.h>
#include <string.h>

enum err gcm_open_new(const uint8_t key[static KEY_LEN], EVP_CIPHER_CTX **out)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

    if (ctx == NULL || EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, NULL) != 1) {
        EVP_CIPHER_CTX_free(ctx);
        return ERR_NOMEM;
    }
    *out = ctx;
    return OK;
}

enum err gcm_open(EVP_CIPHER_CTX *ctx, const uint8_t nonce[static GCM_NONCE_LEN], const uint8_t *sealed, size_t len,
                  uint8_t *plain)
{
    uint8_t tag[GCM_TAG_LEN], rest[GCM_TAG_LEN];
    int n = 0, end = 0;

    if (len > INT_MAX)
        return ERR_LIMIT;
    memcpy(tag, sealed + len, sizeof tag);
    if (EVP_DecryptInit_ex(ctx, NULL, NULL, NULL, nonce) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, GCM_TAG_LEN, tag) != 1)
        return ERR_NOMEM;
    /* An empty chunk has no bytes to update with; plain may be NULL then. */
    if (EVP_DecryptUpdate(ctx, len == 0 ? rest : plain, &n, sealed, (int)len) == 1 && (size_t)n == len &&
        EVP_DecryptFinal_ex(ctx, rest, &end) == 1 && end == 0)
        return OK;
    if (len > 0)
        secret_wipe(plain, len);
    return ERR_AUTH;
}
