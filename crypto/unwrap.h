/* SPDX-License-Identifier: Apache-2.0 */
/* unwrap: open what wrap.h sealed. Only the keyholder (epoch keys) and the courier (hello keys) link this. */
#ifndef CRYPTO_UNWRAP_H
#define CRYPTO_UNWRAP_H

#include "crypto/wrap.h"

/*
 *   secret_key, public_key  the recipient's pair
 *   out                     32 bytes in locked memory of the caller's
 * Errors: ERR_AUTH another recipient, another info, changed, or an all-zero shared secret.
 */
MUST_USE enum err unwrap_key(const uint8_t secret_key[static KEY_LEN], const uint8_t public_key[static KEY_LEN],
                             const struct piece *info, size_t count, const uint8_t wrapped[static WRAP_LEN],
                             uint8_t out[static KEY_LEN]);

#endif
