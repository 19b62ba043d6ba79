/* SPDX-License-Identifier: Apache-2.0 */
/* wrap_derive: the key of a wrap, the same on both sides. For wrap and unwrap only. */
#ifndef CRYPTO_WRAP_DERIVE_H
#define CRYPTO_WRAP_DERIVE_H

#include "crypto/derive.h"
#include "crypto/secret.h"

/* Each wrap key is used once, so its nonce can be fixed. */
extern const uint8_t WRAP_NONCE[12];

struct wrap_derive {
    const uint8_t *secret_key;       /* ours */
    const uint8_t *peer_public_key;  /* theirs */
    const uint8_t *ephemeral_public; /* whichever of the two is the ephemeral one */
    const uint8_t *recipient_public; /* the other */
};

/* out is locked memory. ERR_AUTH: the shared secret is all zero. */
MUST_USE enum err wrap_derive(const struct wrap_derive *w, const struct piece *info, size_t count,
                              uint8_t out[static KEY_LEN]);

#endif
