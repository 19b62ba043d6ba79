/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server: libmicrohttpd inside the program's own epoll loop. One thread does everything: no lock guards a table, and
 * no two requests run at once. Nothing blocks it but SQLite's file, for as long as one bounded statement.
 */
#ifndef RELAY_SERVER_H
#define RELAY_SERVER_H

#include "base/loop.h"
#include "relay/conns.h"
#include "relay/metrics.h"
#include "relay/nonces.h"
#include "relay/sessions.h"
#include "relay/settings.h"
#include "relay/sites.h"
#include "relay/waiters.h"

struct MHD_Daemon;

struct server { /* what routes may use; main makes it and owns what it points to */
    const struct settings *settings;
    struct loop *loop;
    const struct engine *engine;
    struct sites *sites;
    struct sessions *sessions;
    struct waiters *waiters;
    struct conns *conns;
    struct nonces nonces;
    struct metrics metrics;
    struct MHD_Daemon *daemon;
    int epoll;       /* the daemon's, watched by the loop */
    uint64_t timer;  /* 0: none runs */
    unsigned rounds; /* that libmicrohttpd asked for at once, one after the other, since a request or a stream moved */
    int stopping;    /* waits and streams end */
    int running;     /* inside libmicrohttpd */
    int woken;       /* a suspended request was resumed since it ran */
};

/*
 * Serve from now on, on the loop's thread.
 *   listen_fd  the server's from now on, also after a failure
 * Errors: ERR_IO.
 */
MUST_USE enum err server_start(struct server *s, int listen_fd);

/* libmicrohttpd has something to do: a loop_fn for waiters_new(). arg is the server. */
void server_poke(void *arg);

/* End streams and waits, let answers that are under way go out for a moment, close everything. */
void server_stop(struct server *s);

#endif
