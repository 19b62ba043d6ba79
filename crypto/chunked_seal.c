/* SPDX-License-Identifier: Apache-2.0 */
/* chunked_seal: see chunked_seal.h. */
#include "crypto/chunked_seal.h"

#include <string.h>

#include "crypto/chunked_keys.h"
#include "crypto/gcm_seal.h"

struct chunked_seal {
    EVP_CIPHER_CTX *gcm; /* the key schedule; OpenSSL's memory, wiped when freed */
    uint8_t base_nonce[CHUNK_NONCE_LEN];
    uint64_t next; /* number of the next chunk */
    int ended;
};

enum err chunked_seal_new(const uint8_t key[static KEY_LEN], const void *context, size_t contextlen,
                          const uint8_t *salt, uint8_t prefix[static CHUNKED_PREFIX_LEN], struct chunked_seal **out)
{
    struct chunked_seal *s = secret_new(sizeof *s);
    struct chunked_keys *keys = secret_new(sizeof *keys);
    enum err e = ERR_NOMEM;

    if (s == NULL || keys == NULL)
        goto out;
    if (salt != NULL)
        memcpy(prefix, salt, CHUNKED_SALT_LEN);
    else
        secret_random(prefix, CHUNKED_SALT_LEN);
    if ((e = chunked_derive(key, prefix, context, contextlen, keys)) != OK)
        goto out;
    if ((e = gcm_seal_new(keys->key, &s->gcm)) != OK)
        goto out;
    memcpy(s->base_nonce, keys->base_nonce, CHUNK_NONCE_LEN);
    memcpy(prefix + CHUNKED_SALT_LEN, keys->commitment, CHUNKED_COMMIT_LEN);
    *out = s; /* the caller owns it now */
    s = NULL;
out:
    secret_free(keys);
    chunked_seal_free(s);
    return e;
}

void chunked_seal_free(struct chunked_seal *s)
{
    if (s == NULL)
        return;
    EVP_CIPHER_CTX_free(s->gcm);
    secret_free(s);
}

enum err chunked_seal_chunk(struct chunked_seal *s, const uint8_t *plain, size_t len, uint8_t *sealed)
{
    uint8_t nonce[CHUNK_NONCE_LEN];
    enum err e;

    if (s->ended)
        return ERR_STATE;
    if (len > CHUNK_LEN || s->next >= CHUNK_COUNT_MAX)
        return ERR_LIMIT;
    chunked_nonce(s->base_nonce, s->next, nonce);
    s->next++; /* also when sealing fails: a nonce is spent by the attempt */
    s->ended = len < CHUNK_LEN;
    if ((e = gcm_seal(s->gcm, nonce, plain, len, sealed)) != OK)
        s->ended = 1;
    return e;
}

enum err chunked_seal_all(const uint8_t key[static KEY_LEN], const void *context, size_t contextlen,
                          const uint8_t *plain, size_t len, uint8_t *out)
{
    struct chunked_seal *s = NULL;
    enum err e = chunked_seal_new(key, context, contextlen, NULL, out, &s);

    out += CHUNKED_PREFIX_LEN;
    while (e == OK && len >= CHUNK_LEN) {
        e = chunked_seal_chunk(s, plain, CHUNK_LEN, out);
        plain += CHUNK_LEN;
        len -= CHUNK_LEN;
        out += CHUNK_SEALED_LEN;
    }
    if (e == OK)
        e = chunked_seal_chunk(s, plain, len, out);
    chunked_seal_free(s);
    return e;
}
