/* SPDX-License-Identifier: Apache-2.0 */
/* pepper: Argon2id from libsodium, HMAC-SHA-512 from OpenSSL. */
#include "crypto/pepper.h"

#include <sodium.h>
#include <string.h>

#include "crypto/derive.h"
#include "crypto/label.h"

/* The least that OWASP's advice allows for Argon2id. A million six-digit PINs then cost hours, not seconds, to who has
 * the pepper as well; who has not cannot begin. */
#define PIN_PASSES       2
#define PIN_MEMORY_BYTES ((size_t)19 * 1024 * 1024)

_Static_assert(PIN_SALT_LEN == crypto_pwhash_SALTBYTES, "the salt is Argon2id's");

enum err pepper_person(const uint8_t pepper[static PEPPER_LEN], const char *person, struct id *out)
{
    const struct piece pieces[] = {LABEL_PIECE(LABEL_PIN_PERSON), {person, strlen(person)}};
    uint8_t mac[64];
    const enum err e = derive_hmac_sha512(pepper, PEPPER_LEN, pieces, 2, mac);

    if (e == OK)
        memcpy(out->b, mac, ID_LEN);
    return e;
}

enum err pepper_pin(const uint8_t pepper[static PEPPER_LEN], struct id person, const char *pin,
                    const uint8_t salt[static PIN_SALT_LEN], uint8_t out[static PIN_VERIFIER_LEN])
{
    uint8_t stretched[KEY_LEN];
    const struct piece pieces[] = {LABEL_PIECE(LABEL_PIN), {person.b, ID_LEN}, {stretched, sizeof stretched}};
    enum err e = ERR_NOMEM;

    if (crypto_pwhash(stretched, sizeof stretched, pin, strlen(pin), salt, PIN_PASSES, PIN_MEMORY_BYTES,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        goto out;
    e = derive_hmac_sha512(pepper, PEPPER_LEN, pieces, 3, out);
out:
    secret_wipe(stretched, sizeof stretched);
    return e;
}

enum err pepper_badge(const uint8_t pepper[static PEPPER_LEN], const uint8_t *uid, size_t len,
                      uint8_t out[static BADGE_MAC_LEN])
{
    const struct piece pieces[] = {LABEL_PIECE(LABEL_BADGE), {uid, len}};
    uint8_t mac[64];
    const enum err e = derive_hmac_sha512(pepper, PEPPER_LEN, pieces, 2, mac);

    if (e == OK)
        memcpy(out, mac, BADGE_MAC_LEN);
    return e;
}
