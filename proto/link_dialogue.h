/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link_dialogue: what a link knows of one peer: the sequences both ways, what the peer has not acknowledged, and what
 * waits behind that. Only memory; link.c sends.
 */
#ifndef PROTO_LINK_DIALOGUE_H
#define PROTO_LINK_DIALOGUE_H

#include "proto/link.h"
#include "proto/link_window.h"

/* New messages wait when the oldest unacknowledged one is so far behind: half of the peer's window, so that a repeat
 * never falls out of it. */
#define LINK_AHEAD_MAX 512
/* More waiting messages than this are refused: the owner sends again when some were acknowledged. */
#define LINK_WAITING_MAX 8192

struct outgoing {
    struct outgoing *next;
    struct id id;
    uint8_t type;
    uint64_t sequence, seen; /* given when it is sent first, then unchanged */
    link_ack_fn *on_ack;     /* NULL: sent once */
    void *arg;
    uint64_t due_ms, wait_ms; /* when it is sent again, and how long after that */
    size_t body_len;
    uint8_t body[];
};
/* With a fresh random id. NULL: no memory. */
struct outgoing *outgoing_new(enum message_type type, const uint8_t *body, size_t len, link_ack_fn *on_ack, void *arg);

struct outgoing_list { /* oldest first */
    struct outgoing *first, **last;
    size_t len;
};
void outgoing_append(struct outgoing_list *l, struct outgoing *o);
/* Take out the first, or the one with this id; NULL: none. The caller owns it. */
struct outgoing *outgoing_take(struct outgoing_list *l);
struct outgoing *outgoing_remove(struct outgoing_list *l, struct id id);

struct dialogue {
    struct link_peer peer;
    uint64_t next_sequence; /* ours */
    int caught_up;          /* it stands above what this run reserved: see link_catch_up() */
    struct window window;   /* the peer's */
    struct outgoing_list sent, waiting;
    uint64_t told_seen_ms; /* when the peer was last told, unasked, what we have seen */
    uint64_t asked_ms;     /* when it was last answered again */
};

/* Has the peer to acknowledge something before a new message may go out? */
int dialogue_is_ahead(const struct dialogue *d);

struct dialogues { /* sorted by node id; start with {0} */
    struct dialogue **all;
    size_t len, size;
};
void dialogues_free(struct dialogues *ds);
/* Find it, with the peer's keys as they are now, or make it. */
MUST_USE enum err dialogue_get(struct dialogues *ds, const struct link_peer *peer, uint64_t first_sequence,
                               struct dialogue **out);

#endif
