/* SPDX-License-Identifier: Apache-2.0 */
/* chunked_open: see chunked_open.h. */
#include "crypto/chunked_open.h"

#include <string.h>

#include "crypto/chunked_keys.h"
#include "crypto/gcm_open.h"

struct chunked_open {
    EVP_CIPHER_CTX *gcm; /* the key schedule; OpenSSL's memory, wiped when freed */
    uint8_t base_nonce[CHUNK_NONCE_LEN];
};

enum err chunked_open_new(const uint8_t key[static KEY_LEN], const void *context, size_t contextlen,
                          const uint8_t prefix[static CHUNKED_PREFIX_LEN], struct chunked_open **out)
{
    struct chunked_open *o = secret_new(sizeof *o);
    struct chunked_keys *keys = secret_new(sizeof *keys);
    enum err e = ERR_NOMEM;

    if (o == NULL || keys == NULL)
        goto out;
    if ((e = chunked_derive(key, prefix, context, contextlen, keys)) != OK)
        goto out;
    e = ERR_AUTH;
    if (!secret_equal(keys->commitment, prefix + CHUNKED_SALT_LEN, CHUNKED_COMMIT_LEN))
        goto out;
    if ((e = gcm_open_new(keys->key, &o->gcm)) != OK)
        goto out;
    memcpy(o->base_nonce, keys->base_nonce, CHUNK_NONCE_LEN);
    *out = o; /* the caller owns it now */
    o = NULL;
out:
    secret_free(keys);
    chunked_open_free(o);
    return e;
}

void chunked_open_free(struct chunked_open *o)
{
    if (o == NULL)
        return;
    EVP_CIPHER_CTX_free(o->gcm);
    secret_free(o);
}

enum err chunked_open_chunk(struct chunked_open *o, uint64_t index, const uint8_t *sealed, size_t len, uint8_t *plain)
{
    uint8_t nonce[CHUNK_NONCE_LEN];

    if (len < CHUNK_TAG_LEN || len > CHUNK_SEALED_LEN || index >= CHUNK_COUNT_MAX)
        return ERR_FORMAT;
    chunked_nonce(o->base_nonce, index, nonce);
    return gcm_open(o->gcm, nonce, sealed, len - CHUNK_TAG_LEN, plain);
}

enum err chunked_open_all(const uint8_t key[static KEY_LEN], const void *context, size_t contextlen,
                          const uint8_t *sealed, size_t len, uint8_t *out, size_t max, size_t *outlen)
{
    struct chunked_open *o = NULL;
    uint64_t plain, index = 0;
    size_t used = 0;
    enum err e;

    if ((e = chunked_plain_len(len, &plain)) != OK)
        return e;
    if (plain > max)
        return ERR_LIMIT;
    if ((e = chunked_open_new(key, context, contextlen, sealed, &o)) != OK)
        return e;
    /* chunked_plain_len has made sure that the last chunk is there and short. */
    for (size_t at = CHUNKED_PREFIX_LEN; e == OK && at < len; at += CHUNK_SEALED_LEN) {
        size_t chunk = len - at < CHUNK_SEALED_LEN ? len - at : CHUNK_SEALED_LEN;

        if ((e = chunked_open_chunk(o, index++, sealed + at, chunk, out + used)) == OK)
            used += chunk - CHUNK_TAG_LEN;
    }
    if (e == OK)
        *outlen = used;
    else if (used > 0)
        secret_wipe(out, used);
    chunked_open_free(o);
    return e;
}
