/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relay: the client of a relay (relay/API.md), on libcurl, its key pinned. The link (link.h) is built on it;
 * `printscout enroll` uses the join calls alone. Calls block up to their time limit.
 */
#ifndef PROTO_RELAY_H
#define PROTO_RELAY_H

#include "crypto/nodekeys.h"
#include "proto/bulletin.h"
#include "proto/certificate.h"
#include "proto/join.h"

struct relay; /* one connection to one relay; used by one thread at a time */

struct relay_opts {
    const char *url;              /* https://host:port */
    const uint8_t *pin;           /* PIN_LEN bytes */
    const struct node_keys *keys; /* NULL: only the calls that need no session */
    const uint8_t *certificate;   /* CERTIFICATE_LEN bytes, with keys */
    const uint8_t *site_public;   /* KEY_LEN bytes, with keys */
};

/* Copies what it needs of opts but the keys, which must outlive it. Does not connect yet. */
MUST_USE enum err relay_new(const struct relay_opts *opts, struct relay **out);
void relay_free(struct relay *r);

/*
 * The site's newest bulletin as this relay has it, unchecked: bulletin_read() is the caller's. free() *out.
 *   tag     NULL, or bulletin_tag() of the one that the caller has
 * Errors: ERR_EXISTS it is the one with that tag; ERR_NOTFOUND; ERR_UNREACHABLE …
 */
MUST_USE enum err relay_get_bulletin(struct relay *r, struct id site, const char *tag, uint8_t **out, size_t *len);
MUST_USE enum err relay_put_bulletin(struct relay *r, const uint8_t *bytes, size_t len);

/*
 * Append a sealed message to a node's mailbox. The session is made and renewed inside.
 * Errors: ERR_UNREACHABLE, ERR_TIMEOUT, ERR_AUTH the pin does not match, ERR_REFUSED (revoked, not this site), ERR_FULL
 * quota, ERR_PEER.
 */
MUST_USE enum err relay_append(struct relay *r, struct id recipient, struct id message, const uint8_t *sealed,
                               size_t len);

/*
 * Read the own mailbox as an event stream until fn says stop or the connection ends.
 *   cursor    in: read what is after it; out: the last that fn took
 *   fn        called for each message, and with sealed NULL for each heartbeat, the first when the stream is up;
 *             an error from it ends the stream; it may use the other calls of r
 * Errors: as relay_append(); ERR_UNREACHABLE also when the stream ends; ERR_TIMEOUT 2.5 heartbeats of silence;
 * ERR_FORMAT, ERR_LIMIT no relay sends this; what fn returned.
 */
typedef enum err relay_read_fn(void *arg, uint64_t cursor, const uint8_t *sealed, size_t len);
MUST_USE enum err relay_read(struct relay *r, uint64_t *cursor, relay_read_fn *fn, void *arg);
/* Give up whatever runs on another thread, and all that is called later: it returns ERR_STATE soon. Any thread. */
void relay_stop(struct relay *r);
/* Forget messages up to and including cursor. */
MUST_USE enum err relay_acknowledge(struct relay *r, uint64_t cursor);

/* Doors: device scout's side. */
MUST_USE enum err relay_open_door(struct relay *r, const uint8_t door[static DOOR_LEN], uint64_t expires_unix_ms,
                                  uint32_t uses);
MUST_USE enum err relay_close_door(struct relay *r, const uint8_t door[static DOOR_LEN]);
MUST_USE enum err relay_answer_door(struct relay *r, const uint8_t door[static DOOR_LEN], struct id message,
                                    const uint8_t *sealed, size_t len);
/* The joining node's side: post, then wait for the answer up to wait_s. ERR_TIMEOUT: none yet, ask again. free() *out.
 */
MUST_USE enum err relay_join(struct relay *r, struct id site, const struct join_keys *k, struct id recipient,
                             struct id message, const uint8_t *sealed, size_t len);
MUST_USE enum err relay_join_answer(struct relay *r, struct id site, const struct join_keys *k, struct id message,
                                    unsigned wait_s, uint8_t **out, size_t *outlen);

#endif
