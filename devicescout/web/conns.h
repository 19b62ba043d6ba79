/* SPDX-License-Identifier: Apache-2.0 */
/* conns: the open connections, and until when each must have said something whole. libmicrohttpd's own limit counts
 * from the last byte, so a client that sends one byte now and then would never meet it. */
#ifndef DEVICESCOUT_WEB_CONNS_H
#define DEVICESCOUT_WEB_CONNS_H

#include <stdint.h>

#include "base/err.h"

/* With so many the one that has rested longest, or never asked, makes room: who opens connections in a loop keeps
 * nobody out. Below libmicrohttpd's own limit, at which it would let nobody in. */
#define CONNS_MOST 1800

struct conns;
struct conn;

enum conn_phase {
    CONN_NEW,     /* handshake and first headers */
    CONN_HEADERS, /* a request line came */
    CONN_BODY,    /* headers are there */
    CONN_OURS,    /* we make the client wait */
    CONN_ANSWER,  /* all that is left to do is to read what we said */
    CONN_IDLE     /* between requests */
};

MUST_USE enum err conns_new(struct conns **out);
void conns_free(struct conns *c);

/* NULL: no memory. */
struct conn *conns_add(struct conns *c, int fd, uint64_t now_boot_ms);
void conns_remove(struct conns *c, struct conn *conn);
void conn_enter(struct conn *conn, enum conn_phase phase, uint64_t now_boot_ms);
/* Break the connection; the server then removes it. */
void conn_break(struct conn *conn);
/* Break those that are late. */
void conns_sweep(struct conns *c, uint64_t now_boot_ms);

#endif
