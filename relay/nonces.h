/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nonces: challenges that the relay need not remember. A nonce holds its time and a MAC under a key that the process
 * made up at its start, so strangers who ask for a million of them fill no table. That each is used once is kept
 * where sessions are (sessions.h): only a nonce that a certified node signed can be used at all.
 */
#ifndef RELAY_NONCES_H
#define RELAY_NONCES_H

#include <stdint.h>

#include "base/err.h"

#define NONCE_LEN      32
#define NONCE_LIFE_MS  60000
#define NONCES_KEY_LEN 32

struct nonces {
    uint8_t key[NONCES_KEY_LEN];
};

void nonces_start(struct nonces *n);
void nonces_make(const struct nonces *n, uint64_t now_boot_ms, uint8_t out[static NONCE_LEN]);
/* ERR_AUTH not made here; ERR_EXPIRED. */
MUST_USE enum err nonces_check(const struct nonces *n, uint64_t now_boot_ms, const uint8_t nonce[static NONCE_LEN]);

#endif
