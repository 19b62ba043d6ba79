/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pepper: what PINs and badges are kept as: MACs under the keyholder's pepper, so that a copy of the table alone
 * answers no guess. Only the keyholder links this.
 */
#ifndef CRYPTO_PEPPER_H
#define CRYPTO_PEPPER_H

#include "base/hex.h"
#include "crypto/secret.h"

#define PEPPER_LEN       32
#define PIN_SALT_LEN     16
#define PIN_VERIFIER_LEN 64
#define BADGE_MAC_LEN    32

/* What stands for a person's name in the table of PINs. */
MUST_USE enum err pepper_person(const uint8_t pepper[static PEPPER_LEN], const char *person, struct id *out);

/*
 * HMAC-SHA-512(pepper, label `pin` · person · Argon2id(PIN, salt, 19 MiB, t = 2)). Takes some 20 ms and 19 MiB: not for
 * a loop's thread. ERR_NOMEM.
 */
MUST_USE enum err pepper_pin(const uint8_t pepper[static PEPPER_LEN], struct id person, const char *pin,
                             const uint8_t salt[static PIN_SALT_LEN], uint8_t out[static PIN_VERIFIER_LEN]);

/* The first 32 bytes of HMAC-SHA-512(pepper, label `badge` · UID). */
MUST_USE enum err pepper_badge(const uint8_t pepper[static PEPPER_LEN], const uint8_t *uid, size_t len,
                               uint8_t out[static BADGE_MAC_LEN]);

#endif
