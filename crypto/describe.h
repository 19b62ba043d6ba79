/* SPDX-License-Identifier: Apache-2.0 */
/* describe: open a job's description. Only the keyholder links this. Format: FORMAT.md, "Description". */
#ifndef CRYPTO_DESCRIBE_H
#define CRYPTO_DESCRIBE_H

#include "crypto/description.h"
#include "crypto/header.h"

/*
 * Open a description file (header and sealed description).
 *   job_key      32 bytes, from unwrap_key()
 *   plain        receives the plaintext, room for DESCRIPTION_MAX_PADDED bytes; *d points into it
 *   owner        receives the owner with its NUL, OWNER_MAX_LEN + 1 bytes; d->owner points here
 * Errors: ERR_FORMAT, ERR_AUTH (another key, another header, changed), ERR_LIMIT.
 */
MUST_USE enum err description_open(const uint8_t job_key[static KEY_LEN], const uint8_t *file, size_t len,
                                   uint8_t *plain, char owner[static OWNER_MAX_LEN + 1], struct description *d);

#endif
