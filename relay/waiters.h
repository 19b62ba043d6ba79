/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waiters: requests that wait for news: event streams and long polls on a mailbox, and who waits for an answer. A
 * waiting request is suspended in libmicrohttpd and costs no wake-ups; news for its site and key, or its timer, wake
 * it.
 */
#ifndef RELAY_WAITERS_H
#define RELAY_WAITERS_H

#include <microhttpd.h>
#include <stddef.h>

#include "base/hex.h"
#include "base/loop.h"

struct waiters;

struct waiter {          /* inside the request that waits; start with {0} */
    struct waiters *all; /* NULL: does not wait for anything */
    struct waiter *next, **link;
    struct id site, key;
    struct MHD_Connection *connection;
    int suspended;
    int ended;      /* may not wait on: its node was revoked */
    uint64_t timer; /* 0: none */
    loop_fn *on_timer;
    void *arg;
};

/*
 * expected  about how many there will be
 * on_wake   called after each wake-up: libmicrohttpd must run for it to take effect
 */
MUST_USE enum err waiters_new(struct loop *loop, size_t expected, loop_fn *on_wake, void *arg, struct waiters **out);
/* Every waiter has left before. */
void waiters_free(struct waiters *ws);
size_t waiters_count(const struct waiters *ws);

/* From now on w is woken by news for (site, key). */
void waiters_join(struct waiters *ws, struct waiter *w, struct id site, struct id key,
                  struct MHD_Connection *connection);
/* A waiter that did not join is fine. */
void waiters_leave(struct waiter *w);

/* Call fn(arg) once after ms; replaces an earlier timer. ERR_NOMEM: none runs. */
MUST_USE enum err waiters_after(struct waiter *w, uint64_t ms, loop_fn *fn, void *arg);

/* Suspend the request; libmicrohttpd comes back to it after waiters_wake. */
void waiters_sleep(struct waiter *w);
void waiters_wake(struct waiter *w);

/* Wake all that wait for (site, key): an engine_news_fn of engine.h. */
void waiters_news(void *all, struct id site, struct id key);
/* The same, and tell them that it is over. */
void waiters_end(struct waiters *ws, struct id site, struct id key);

/* Before the server stops: wake every one. */
void waiters_wake_all(struct waiters *ws);

#endif
