/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodekeys: the two secret keys of a node (a courier or a device scout): Ed25519 to sign, X25519 to receive messages.
 * They live in one file of 64 bytes, mode 0600 (the seeds), written once.
 */
#ifndef CRYPTO_NODEKEYS_H
#define CRYPTO_NODEKEYS_H

#include "base/hex.h"
#include "crypto/sign.h"

struct node_keys { /* allocate with node_keys_new, so that it is locked memory */
    uint8_t sign_secret[SIGN_SECRET_LEN];
    uint8_t sign_public[KEY_LEN];
    uint8_t box_secret[KEY_LEN];
    uint8_t box_public[KEY_LEN];
    struct id node; /* verify_key_id(sign_public) */
};

/* Fresh random keys. */
MUST_USE enum err node_keys_new(struct node_keys **out);
void node_keys_free(struct node_keys *k); /* wipes; NULL is fine */

/* Keep them in dirfd/path. Errors as file_replace(); ERR_EXISTS when the file is there. */
MUST_USE enum err node_keys_save(const struct node_keys *k, int dirfd, const char *path);
/* Errors as file_read_secret(). */
MUST_USE enum err node_keys_load(int dirfd, const char *path, struct node_keys **out);

/* An X25519 pair alone, for hello and epoch keys. secret_key is locked memory of the caller's. */
MUST_USE enum err box_pair_new(uint8_t public_key[static KEY_LEN], uint8_t secret_key[static KEY_LEN]);

#endif
