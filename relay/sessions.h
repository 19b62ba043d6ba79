/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sessions: who has proved to be which node. In memory only: after a restart clients sign in again, in two round
 * trips. A token is looked up by its hash, so the time that takes tells nothing about tokens.
 */
#ifndef RELAY_SESSIONS_H
#define RELAY_SESSIONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hex.h"
#include "relay/nonces.h"

#define SESSION_TOKEN_LEN      32
#define SESSION_TOKEN_HEX_SIZE (2 * SESSION_TOKEN_LEN + 1)
#define SESSION_LIFE_MS        (60 * 60 * 1000)
#define SESSIONS_PER_NODE      32 /* each start of a scout makes two, and a node that is restarted in a row must get in */

struct sessions;

struct session {
    struct id site, node;
    uint8_t roles; /* enum role bits */
};

MUST_USE enum err sessions_new(struct sessions **out);
void sessions_free(struct sessions *ss);
size_t sessions_count(const struct sessions *ss);

/*
 * Make a session for a node that signed this nonce.
 *   token   64 hex digits
 * Errors: ERR_REPLAY the nonce was used before; ERR_LIMIT SESSIONS_PER_NODE were made within a nonce's life (older ones
 * give way, but these also remember their nonces); ERR_NOMEM.
 */
MUST_USE enum err sessions_make(struct sessions *ss, const struct session *who, const uint8_t nonce[static NONCE_LEN],
                                uint64_t now_boot_ms, char token[static SESSION_TOKEN_HEX_SIZE]);

/* ERR_AUTH: no such token, or its hour is over. */
MUST_USE enum err sessions_find(struct sessions *ss, const char *token, uint64_t now_boot_ms, struct session *out);

/* A node was revoked. */
void sessions_drop(struct sessions *ss, struct id site, struct id node);
/* Free what is over. */
void sessions_expire(struct sessions *ss, uint64_t now_boot_ms);

#endif
