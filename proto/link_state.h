/* SPDX-License-Identifier: Apache-2.0 */
/* link_state: what the three halves of a link share on the loop's thread: link.c, link_send.c, link_receive.c. */
#ifndef PROTO_LINK_STATE_H
#define PROTO_LINK_STATE_H

#include "proto/link_dialogue.h"
#include "proto/link_ops.h"
#include "proto/link_relay.h"
#include "proto/link_sequence.h"

struct link {
    struct link_opts opts; /* certificate and site_public point into the next two */
    uint8_t certificate[CERTIFICATE_LEN];
    uint8_t site_public[KEY_LEN];
    const struct link_ops *ops;
    int bell; /* eventfd that the readers ring */
    struct link_relay *relays[BULLETIN_RELAYS_MAX];
    size_t relays_len;
    struct dialogues dialogues;
    struct sequence sequence;
    uint64_t timer, timer_due_ms;     /* the next repeat; due 0: no timer runs */
    uint64_t refusals_said_ms;        /* when the log last said how many messages were refused */
    unsigned refusals;                /* since then */
    uint8_t plain[ENVELOPE_MAX_LEN];  /* a message that is being read */
    uint8_t sealed[ENVELOPE_MAX_LEN]; /* one that is being written */
};

/* link_send.c */
void link_acknowledge(struct link *l, struct dialogue *d, struct id message, enum err result);
void link_acknowledged(struct link *l, struct dialogue *d, const struct ack *ack);
/* The peer has seen numbers that this run never gave: the state was set back. Go on above them. */
void link_catch_up(struct link *l, struct dialogue *d, uint64_t seen);
/* A relay's stream came up: give it all that is not acknowledged. */
void link_resend_all(struct link *l, struct link_relay *r);

/* link_receive.c */
void link_receive(struct link *l, const uint8_t *sealed, size_t len);

#endif
