/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inbox: whole messages from other threads to the main loop's. Unlike a bare loop_post, nothing is lost or leaked when
 * the loop has ended: letters that nobody opened are dropped by their own function.
 */
#ifndef PRINTSCOUT_COURIER_INBOX_H
#define PRINTSCOUT_COURIER_INBOX_H

#include "base/loop.h"

struct inbox;

/* The first member of whatever is sent. */
struct letter {
    struct letter *next;
    void (*open)(struct letter *l); /* on the loop's thread; owns l */
    void (*drop)(struct letter *l); /* instead of open; owns l */
};

MUST_USE enum err inbox_new(struct loop *loop, struct inbox **out);
/* No other thread may hold it any more. Drops what is in it; NULL is fine. */
void inbox_free(struct inbox *in);

/* Any thread. Cannot fail: the letter brings its own memory. It is opened soon, in order. */
void inbox_put(struct inbox *in, struct letter *l);

/* Open what is there now. Also without a running loop. */
void inbox_open_all(struct inbox *in);

#endif
