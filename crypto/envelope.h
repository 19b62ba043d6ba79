/* SPDX-License-Identifier: Apache-2.0 */
/*
 * envelope: seal bytes to one recipient so that only their length class shows: sodium_pad to 512 * 2^n, then
 * crypto_box_seal. This is the message file of crypto/, all that devicescout may link of opening.
 */
#ifndef CRYPTO_ENVELOPE_H
#define CRYPTO_ENVELOPE_H

#include "crypto/secret.h"

#define ENVELOPE_MAX_PLAIN 32767 /* padding adds at least one byte, up to 32 KiB in all */
#define ENVELOPE_OVERHEAD  48    /* crypto_box_SEALBYTES */
#define ENVELOPE_MAX_LEN   (32768 + ENVELOPE_OVERHEAD)

/* out receives at most ENVELOPE_MAX_LEN bytes. ERR_LIMIT: more than ENVELOPE_MAX_PLAIN. */
MUST_USE enum err envelope_seal(const uint8_t recipient_box_public[static KEY_LEN], const uint8_t *plain, size_t len,
                                uint8_t *out, size_t *outlen);

/* out holds ENVELOPE_MAX_LEN bytes. ERR_AUTH: not for this key, or changed; ERR_FORMAT: padding or size class wrong. */
MUST_USE enum err envelope_open(const uint8_t box_public[static KEY_LEN], const uint8_t box_secret[static KEY_LEN],
                                const uint8_t *sealed, size_t len, uint8_t *out, size_t *outlen);

#endif
