/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site: the site root (32 random bytes), what is derived from it, and the two ways it is kept: a file wrapped by a
 * password (Argon2id, >= 256 MiB, t >= 3) and the printed recovery kit. Keyholder only.
 */
#ifndef CRYPTO_SITE_H
#define CRYPTO_SITE_H

#include "crypto/sign.h"

/* The site identity (Ed25519) from the root: HKDF-SHA-512 under LABEL_SITE_IDENTITY. */
MUST_USE enum err site_identity(const uint8_t root[static KEY_LEN], uint8_t public_key[static KEY_LEN],
                                uint8_t secret_key[static SIGN_SECRET_LEN]);

#define ROOT_FILE_MAX 256

/*
 * Wrap the root by a password. Slow and large on purpose (256 MiB). out receives at most ROOT_FILE_MAX bytes.
 * Errors: ERR_REFUSED empty password; ERR_NOMEM.
 */
MUST_USE enum err root_file_write(const uint8_t root[static KEY_LEN], const char *password, uint8_t *out,
                                  size_t *outlen);
/* ERR_AUTH wrong password; ERR_FORMAT; ERR_LIMIT parameters beyond what this program will compute. */
MUST_USE enum err root_file_read(const uint8_t *file, size_t len, const char *password, uint8_t root[static KEY_LEN]);

/*
 * The recovery kit: 28 words of four letters in four lines of seven. Each line holds 8 bytes of the root and a 13-bit
 * check (the first bits of SHA-256 of line number, and those bytes), so a slip of the pen is found in its line. A word
 * is consonant, vowel, consonant, vowel and carries 11 bits; no list is needed to read it.
 */
#define KIT_WORDS    28
#define KIT_LINES    4
#define KIT_TEXT_MAX (KIT_WORDS * 5 + 1)

/* text receives the words, blanks between them and a newline after each line, with a NUL. It is a secret: wipe it. */
void kit_write(const uint8_t root[static KEY_LEN], char text[static KIT_TEXT_MAX]);

/*
 * Read a kit as a person types it: any white space, any case.
 *   bad_line  on ERR_FORMAT the line (1 to 4) that does not check, or 0 when the number of words is wrong
 */
MUST_USE enum err kit_read(const char *text, uint8_t root[static KEY_LEN], int *bad_line);

#endif
