/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shared: what a queue needs that takes jobs from the network: a port, a certificate, and a way to ask who somebody is.
 * Only where the configuration names an address, and only on a node that was invited as --shared.
 */
#ifndef QUEUE_SHARED_H
#define QUEUE_SHARED_H

#include "base/conf.h"
#include "base/loop.h"
#include "printscout/queue/gate.h"
#include "printscout/queue/queue.h"

struct shared {
    struct gate *gate;
    struct printer *printer;
    struct offers *offers;   /* the same as the queue's, at other addresses */
    int fd, port;            /* the listening socket: whoever takes it sets -1 */
    char *certificate, *key; /* PEM; the key is wiped by shared_forget_key() */
};

/*
 * Open all of it.
 *   q       its spool and enrollment are there
 *   out     on OK a new object for shared_free(); NULL: this queue is not shared
 * Errors: any, after a sentence on standard error.
 */
MUST_USE enum err shared_new(const struct conf *conf, const struct queue *q, struct loop *loop, struct shared **out);
/* After the server has stopped. NULL is fine. */
void shared_free(struct shared *s);

/* The server has its own by now. */
void shared_forget_key(struct shared *s);

#endif
