/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrap: seal one 32-byte key to an X25519 public key. Used twice: the job key to the epoch (LABEL_WRAP) and, in an
 * order, to the recipient's hello key (LABEL_GRANT). Layout and derivation: FORMAT.md, "Wrap". The reverse is unwrap.h.
 */
#ifndef CRYPTO_WRAP_H
#define CRYPTO_WRAP_H

#include "base/hex.h"
#include "crypto/derive.h"
#include "crypto/header.h"

/*
 *   info    the pieces that the wrap is bound to; the label is the first
 *   out     receives WRAP_LEN bytes: a fresh ephemeral public key and the box
 * Errors: ERR_AUTH public_key is one of low order (all-zero shared secret).
 */
MUST_USE enum err wrap_key(const uint8_t public_key[static KEY_LEN], const struct piece *info, size_t count,
                           const uint8_t key[static KEY_LEN], uint8_t out[static WRAP_LEN]);

/* The info pieces of the two uses: the label, then what is copied into store. pieces points into the struct itself. */
struct wrap_info {
    uint8_t store[2 * ID_LEN + 4];
    struct piece pieces[2];
};
void wrap_info_job(struct wrap_info *w, struct id site, struct id job, uint32_t epoch);
void wrap_info_grant(struct wrap_info *w, struct id site, struct id order);

#endif
