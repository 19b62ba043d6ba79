/* SPDX-License-Identifier: Apache-2.0 */
/* envelope_open: see envelope.h. */
#include <sodium.h>

#include "crypto/envelope.h"
#include "crypto/padding.h"

enum err envelope_open(const uint8_t box_public[static KEY_LEN], const uint8_t box_secret[static KEY_LEN],
                       const uint8_t *sealed, size_t len, uint8_t *out, size_t *outlen)
{
    size_t padded;
    enum err e;

    if (len < ENVELOPE_OVERHEAD + PADDING_LEAST || len > ENVELOPE_MAX_LEN)
        return ERR_FORMAT;
    padded = len - ENVELOPE_OVERHEAD;
    if (padding_class(padded - 1) != padded)
        return ERR_FORMAT;
    if (crypto_box_seal_open(out, sealed, len, box_public, box_secret) != 0)
        return ERR_AUTH;
    if ((e = padding_strip(out, padded, outlen)) != OK)
        secret_wipe(out, padded);
    return e;
}
