/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hello_keys: the X25519 keys that orders are granted to. They live in locked memory only: what was granted to one that
 * is wiped can never be opened again. Main loop's thread only.
 */
#ifndef PRINTSCOUT_COURIER_HELLO_KEYS_H
#define PRINTSCOUT_COURIER_HELLO_KEYS_H

#include "crypto/secret.h"

#define HELLO_KEEP_MS 30000 /* how long a replaced key still opens orders in flight */

struct hello_keys;

/* With a first key. */
MUST_USE enum err hello_keys_new(struct hello_keys **out);
void hello_keys_free(struct hello_keys *k); /* wipes; NULL is fine */

/* Make a fresh key the current one; now_ms is CLOCK_BOOTTIME. */
MUST_USE enum err hello_keys_renew(struct hello_keys *k, uint64_t now_ms);
/* Wipe those whose time is over. */
void hello_keys_expire(struct hello_keys *k, uint64_t now_ms);

const uint8_t *hello_keys_public(const struct hello_keys *k);

/* The secret key to public_key, inside k; NULL when it is not (or no longer) ours. */
const uint8_t *hello_keys_find(struct hello_keys *k, const uint8_t public_key[static KEY_LEN], uint64_t now_ms);

#endif
