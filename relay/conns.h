/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conns: the connections that are open, and by when each must have done its next thing. libmicrohttpd's own time-out
 * starts again with each byte, so a client that sends one byte at a time would hold a connection for ever; these
 * deadlines do not move. A connection that has not shown a valid session or door is a stranger: strangers get the
 * short deadline for everything, and when too many are here the oldest goes. One that has belongs to its node, and
 * when a node has too many its oldest goes: neither strangers nor a captured node can use up the connections.
 */
#ifndef RELAY_CONNS_H
#define RELAY_CONNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hex.h"
#include "base/loop.h"

#define CONN_STRANGER_MS 10000 /* from accept, or the last answer: TLS, headers, body and answer */
#define CONN_REQUEST_MS  30000 /* a known client's, from its headers to the last byte of the answer */
#define CONN_IDLE_MS     75000 /* a known client's, between answer and next headers; longer than a heartbeat */
#define CONNS_PER_OWNER  16    /* a scout uses two, and as many again while a broken pair times out */

enum conn_phase {
    CONN_STRANGER,
    CONN_REQUEST,
    CONN_IDLE,
    CONN_WAITING, /* we keep it waiting: a stream or a long poll; no deadline here */
    CONN_PHASES
};

struct conn {
    struct conn *prev, *next; /* in its phase's list, by deadline */
    uint64_t due_boot_ms;
    int fd;
    int known; /* it belongs to owner of site, and is in the table of these: */
    struct id site, owner;
    struct conn *same_next, **same_link;
    enum conn_phase phase; /* CONN_PHASES: in no list, it was told to go */
};

struct conns;

/* max: how many the server takes at a time; a quarter of them may be strangers'. */
MUST_USE enum err conns_new(struct loop *loop, size_t max, struct conns **out);
/* Every connection has been removed before. */
void conns_free(struct conns *cs);

/* fd stays the caller's. NULL when memory ran out. */
struct conn *conns_add(struct conns *cs, int fd);
void conns_remove(struct conns *cs, struct conn *c);
size_t conns_count(const struct conns *cs);

/* Begin a phase and its deadline. What is past it is shut down, and the server then notices its end. A stranger's
 * deadline starts with CONN_IDLE only. */
void conns_enter(struct conns *cs, struct conn *c, enum conn_phase phase);

/* This client has shown that it is owner: a node, or who knows a door's token. Again and again is fine. */
void conns_trust(struct conns *cs, struct conn *c, struct id site, struct id owner);

/* Shut it down now. */
void conns_drop(struct conns *cs, struct conn *c);

#endif
