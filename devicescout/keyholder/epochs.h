/* SPDX-License-Identifier: Apache-2.0 */
/*
 * epochs: the secret halves of the epoch keys. Each is random, made once, a file of its own (epoch/NUMBER, 0600), and
 * gone for ever after its epoch's destroy-at: overwritten, unlinked, both made durable. (On flash memory the
 * overwritten block may linger in the device; SECURITY.md says so. An encrypted disk answers that.)
 */
#ifndef KEYHOLDER_EPOCHS_H
#define KEYHOLDER_EPOCHS_H

#include "crypto/secret.h"
#include "proto/bulletin.h"

struct epochs; /* opaque; keys in locked memory */

/*
 * Read the secrets of the bulletin's epochs. A file of an epoch that the bulletin does not have was never announced, or
 * should be gone: it is destroyed. An epoch without its file is logged, and its jobs cannot be opened.
 */
MUST_USE enum err epochs_open(int dirfd, const struct bulletin *b, struct epochs **out);
void epochs_free(struct epochs *e);

/*
 * Make a new key and keep it. A number that was made before, whose bulletin could not be written, gives the same key
 * again: the bulletin may be on the disk all the same. Errors: ERR_FULL; ERR_IO.
 */
MUST_USE enum err epochs_make(struct epochs *e, uint32_t number, uint8_t public_key[static KEY_LEN]);
/* ERR_IO: the file may still be there; the key is forgotten in memory all the same. */
MUST_USE enum err epochs_destroy(struct epochs *e, uint32_t number);

/* The secret half, KEY_LEN bytes, or NULL. */
const uint8_t *epochs_secret(const struct epochs *e, uint32_t number);

#endif
