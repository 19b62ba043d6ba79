/* SPDX-License-Identifier: Apache-2.0 */
/* derive: see derive.h. OpenSSL wipes what its contexts held when they are freed. */
#include "crypto/derive.h"
#include "crypto/openssl.h" /* before the others of OpenSSL */

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <string.h>

#define INFO_MAX 1024 /* ours are below 200 bytes; OpenSSL 3.0 takes 2,048 */

static enum err digest(const EVP_MD *md, const struct piece *pieces, size_t count, uint8_t *out)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    enum err e = ERR_NOMEM;

    if (ctx == NULL || EVP_DigestInit_ex(ctx, md, NULL) != 1)
        goto out;
    for (size_t i = 0; i < count; i++)
        if (EVP_DigestUpdate(ctx, pieces[i].bytes, pieces[i].len) != 1)
            goto out;
    if (EVP_DigestFinal_ex(ctx, out, NULL) == 1)
        e = OK;
out:
    EVP_MD_CTX_free(ctx);
    return e;
}

enum err derive_sha256(const struct piece *pieces, size_t count, uint8_t out[static 32])
{
    return digest(EVP_sha256(), pieces, count, out);
}

enum err derive_sha512(const struct piece *pieces, size_t count, uint8_t out[static 64])
{
    return digest(EVP_sha512(), pieces, count, out);
}

enum err derive_hmac_sha512(const uint8_t *key, size_t keylen, const struct piece *pieces, size_t count,
                            uint8_t out[static 64])
{
    char hash[] = "SHA512";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash, 0),
                           OSSL_PARAM_construct_end()};
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *ctx = mac == NULL ? NULL : EVP_MAC_CTX_new(mac);
    size_t len = 0;
    enum err e = ERR_NOMEM;

    if (ctx == NULL || EVP_MAC_init(ctx, key, keylen, params) != 1)
        goto out;
    for (size_t i = 0; i < count; i++)
        if (EVP_MAC_update(ctx, pieces[i].bytes, pieces[i].len) != 1)
            goto out;
    if (EVP_MAC_final(ctx, out, &len, 64) == 1 && len == 64)
        e = OK;
out:
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
    return e;
}

static enum err join_pieces(const struct piece *pieces, size_t count, uint8_t out[static INFO_MAX], size_t *len)
{
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        if (pieces[i].len > INFO_MAX - used)
            return ERR_LIMIT;
        if (pieces[i].len > 0)
            memcpy(out + used, pieces[i].bytes, pieces[i].len);
        used += pieces[i].len;
    }
    *len = used;
    return OK;
}

struct hkdf {
    int mode;
    const void *key, *salt;
    size_t keylen, saltlen;
};

static OSSL_PARAM octets(const char *name, const void *bytes, size_t len)
{
    /* The parameter type has no const form; OpenSSL copies from it and writes nothing. */
    return OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)bytes, len);
}

static enum err hkdf(const struct hkdf *h, const struct piece *info, size_t count, uint8_t *out, size_t outlen)
{
    uint8_t joined[INFO_MAX];
    size_t joinedlen = 0, n = 0;
    char hash[] = "SHA512";
    int mode = h->mode;
    OSSL_PARAM params[6];
    EVP_KDF *kdf = NULL;
    EVP_KDF_CTX *ctx = NULL;
    enum err e;

    if ((e = join_pieces(info, count, joined, &joinedlen)) != OK)
        goto out;
    e = ERR_LIMIT;
    if (outlen == 0 || outlen > (size_t)255 * 64) /* RFC 5869: 255 blocks of the hash */
        goto out;
    params[n++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, hash, 0);
    params[n++] = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
    params[n++] = octets(OSSL_KDF_PARAM_KEY, h->key, h->keylen);
    params[n++] = octets(OSSL_KDF_PARAM_INFO, joined, joinedlen);
    if (h->saltlen > 0)
        params[n++] = octets(OSSL_KDF_PARAM_SALT, h->salt, h->saltlen);
    params[n] = OSSL_PARAM_construct_end();

    e = ERR_NOMEM;
    if ((kdf = EVP_KDF_fetch(NULL, "HKDF", NULL)) == NULL || (ctx = EVP_KDF_CTX_new(kdf)) == NULL)
        goto out;
    if (EVP_KDF_derive(ctx, out, outlen, params) == 1)
        e = OK;
out:
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return e;
}

enum err derive_hkdf(const void *salt, size_t saltlen, const void *ikm, size_t ikmlen, const struct piece *info,
                     size_t count, uint8_t *out, size_t outlen)
{
    struct hkdf h = {EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND, ikm, salt, ikmlen, saltlen};

    return hkdf(&h, info, count, out, outlen);
}

enum err derive_hkdf_expand(const void *prk, size_t prklen, const struct piece *info, size_t count, uint8_t *out,
                            size_t outlen)
{
    struct hkdf h = {EVP_KDF_HKDF_MODE_EXPAND_ONLY, prk, NULL, prklen, 0};

    return hkdf(&h, info, count, out, outlen);
}
