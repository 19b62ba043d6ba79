/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link: signed, acknowledged messages with the peers of this node over all relays of the bulletin. Relays may drop,
 * repeat, reorder or hold back what they carry; a link sends again until the peer's signed acknowledgement is there,
 * hands each message over once (orders and syncs, whose answers may be lost, again), and counts sequences. Its calls
 * and callbacks belong to the loop's thread; it keeps a reader and a sender thread for each relay. PROTOCOL.md,
 * "Messages".
 */
#ifndef PROTO_LINK_H
#define PROTO_LINK_H

#include "base/loop.h"
#include "proto/message.h"
#include "proto/relay.h"

struct link;

struct link_peer { /* whom a message goes to, or comes from */
    struct id node;
    uint8_t sign_public[KEY_LEN];
    uint8_t box_public[KEY_LEN];
};

struct link_opts {
    struct loop *loop;
    const struct node_keys *keys; /* outlives the link */
    const uint8_t *certificate;   /* CERTIFICATE_LEN bytes; copied */
    const uint8_t *site_public;   /* copied */
    int state_dir;                /* where the sequence reserve is kept (file "sequence") */
    /* Who is this sender? OK and *out, or an error to drop the message. m is opened but not yet verified; for a join
     * the body holds the key. */
    enum err (*find_peer)(void *arg, const struct message *m, struct link_peer *out);
    /* A verified message, once (a join each time that it comes; an order or a sync that was taken may come again). OK
     * is acknowledged for types that ask for it, a final error for every type; ERR_STATE, ERR_IO, ERR_NOMEM,
     * ERR_UNREACHABLE, ERR_TIMEOUT are not, so the peer sends it again. */
    enum err (*on_message)(void *arg, const struct message *m, const struct link_peer *from);
    /* A relay's stream came up (1) or ended (0); couriers say hello on 1. */
    void (*on_connection)(void *arg, const char *relay_url, int up);
    void *arg;
};

MUST_USE enum err link_new(const struct link_opts *opts, struct link **out);
/* Ends the threads; what was not acknowledged is forgotten (its owner sends it again after a restart). */
void link_free(struct link *l);

/* Use exactly these relays from now on; streams that stay are not disturbed. */
MUST_USE enum err link_set_relays(struct link *l, const struct bulletin_relay *relays, size_t count);

/* Called once with the peer's acknowledgement: result OK or what the peer refused with. Never called after link_free.
 */
typedef void link_ack_fn(void *arg, struct id message, enum err result);

/*
 * Sign, seal and send on every relay.
 *   on_ack  NULL: sent once, not repeated; else repeated until acknowledged or link_cancel()
 *   out     NULL, or receives the message id
 */
MUST_USE enum err link_send(struct link *l, const struct link_peer *to, enum message_type type, const uint8_t *body,
                            size_t len, link_ack_fn *on_ack, void *arg, struct id *out);
void link_cancel(struct link *l, struct id message);

/*
 * Run blocking calls with each relay's sender connection, on its thread (bulletin, doors).
 *   fn          is called once with each copy, which it frees; when the link ends first, on that thread and with a
 * relay whose calls fail at once copy_job    makes one copy for each relay; NULL: no memory Errors: ERR_NOMEM,
 * ERR_FULL: not with every relay.
 */
typedef void link_relay_fn(void *job, struct relay *r);
MUST_USE enum err link_each_relay(struct link *l, link_relay_fn *fn, void *(*copy_job)(const void *job),
                                  const void *job);

#endif
