/* SPDX-License-Identifier: Apache-2.0 */
/* chunked: lengths, keys and nonces of Cobblestone-256; see chunked.h and chunked_keys.h. */
#include "crypto/chunked.h"

#include <string.h>

#include "crypto/chunked_keys.h"
#include "crypto/derive.h"

/* The name of the cipher ends with a NUL, which is the format's 0x00. */
#define INFO "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM"

uint64_t chunked_sealed_len(uint64_t plain)
{
    uint64_t chunks = plain / CHUNK_LEN + 1; /* a whole multiple ends with an empty chunk */

    return CHUNKED_PREFIX_LEN + plain + chunks * CHUNK_TAG_LEN;
}

enum err chunked_plain_len(uint64_t sealed, uint64_t *plain)
{
    uint64_t whole, last;

    if (sealed < CHUNKED_PREFIX_LEN)
        return ERR_FORMAT;
    whole = (sealed - CHUNKED_PREFIX_LEN) / CHUNK_SEALED_LEN;
    last = (sealed - CHUNKED_PREFIX_LEN) % CHUNK_SEALED_LEN;
    if (last < CHUNK_TAG_LEN || whole >= CHUNK_COUNT_MAX)
        return ERR_FORMAT;
    *plain = whole * CHUNK_LEN + last - CHUNK_TAG_LEN;
    return OK;
}

enum err chunked_derive(const uint8_t input_key[static KEY_LEN], const uint8_t salt[static CHUNKED_SALT_LEN],
                        const void *context, size_t contextlen, struct chunked_keys *out)
{
    const struct piece info[] = {{INFO, sizeof INFO}, {salt, CHUNKED_SALT_LEN}, {context, contextlen}};

    _Static_assert(sizeof *out == KEY_LEN + CHUNK_NONCE_LEN + CHUNKED_COMMIT_LEN, "one derivation fills the struct");
    return derive_hkdf_expand(input_key, KEY_LEN, info, 3, (uint8_t *)out, sizeof *out);
}

void chunked_nonce(const uint8_t base[static CHUNK_NONCE_LEN], uint64_t index, uint8_t out[static CHUNK_NONCE_LEN])
{
    memcpy(out, base, CHUNK_NONCE_LEN);
    for (int i = CHUNK_NONCE_LEN - 1; index != 0; i--, index >>= 8)
        out[i] ^= (uint8_t)index;
}
