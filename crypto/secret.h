/* SPDX-License-Identifier: Apache-2.0 */
/* secret: memory for keys. Locked, guarded, wiped when freed; it has no formatter, so it cannot be logged. */
#ifndef CRYPTO_SECRET_H
#define CRYPTO_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define KEY_LEN 32 /* bytes in every symmetric key, X25519 key and Ed25519 public key here */

/* Start libsodium; every program calls it first, calling it again does no harm. ERR_IO: no random numbers, give up. */
MUST_USE enum err crypto_start(void);

/*
 * len bytes from sodium_malloc, zeroed; NULL when memory ran out. Beyond RLIMIT_MEMLOCK the bytes are guarded and wiped
 * all the same, only not locked.
 */
void *secret_new(size_t len);

/* Wipe and free; NULL is fine. */
void secret_free(void *secret);

/* Wipe bytes of the caller's own, on the stack for instance. */
void secret_wipe(void *bytes, size_t len);

/* Fill with random bytes. */
void secret_random(void *bytes, size_t len);

/*
 * Read base64 (RFC 4648 section 4, padded) without telling by time what it says.
 *   size    of out; *outlen receives how many bytes there are
 * Errors: ERR_FORMAT not base64, or more than fits; nothing of it stays in out.
 */
MUST_USE enum err secret_base64_read(const char *text, size_t len, void *out, size_t size, size_t *outlen);

/* Compare in constant time. */
int secret_equal(const void *a, const void *b, size_t len);

#endif
