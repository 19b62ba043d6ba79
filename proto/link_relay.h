/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link_relay: one relay of a link: a thread that reads the own mailbox there, a thread that sends, and the two queues
 * between them and the loop's thread. It carries sealed bytes and knows nothing of what is in them. Whole objects
 * change hands; every function here is called on the loop's thread.
 */
#ifndef PROTO_LINK_RELAY_H
#define PROTO_LINK_RELAY_H

#include "proto/link_ops.h"

struct link_relay;

/* A sealed message on its way out, shared by the senders of all relays. */
struct parcel {
    unsigned refs; /* atomic */
    struct id recipient, message;
    size_t len;
    uint8_t sealed[];
};
/* With one reference, the caller's. NULL: no memory. */
struct parcel *parcel_new(struct id recipient, struct id message, const uint8_t *sealed, size_t len);
void parcel_release(struct parcel *p); /* NULL is fine */

enum arrival_kind { ARRIVED_MESSAGE, ARRIVED_UP, ARRIVED_DOWN };
struct arrival {
    struct arrival *next;
    enum arrival_kind kind;
    enum err reason; /* ARRIVED_DOWN */
    uint64_t stream; /* which connection of this relay's it came over */
    uint64_t cursor; /* ARRIVED_MESSAGE, and all that follows */
    size_t len;
    uint8_t sealed[];
};

/*
 * Start both threads.
 *   opts   for the relay's client
 *   bell   an eventfd, rung when something has arrived; outlives the object
 */
MUST_USE enum err link_relay_start(const struct link_ops *ops, const struct relay_opts *opts, int bell,
                                   struct link_relay **out);
/* Ends both threads and waits for them; jobs that did not run are run now, and their calls fail at once. NULL is fine.
 */
void link_relay_free(struct link_relay *r);

const char *link_relay_url(const struct link_relay *r);
int link_relay_is(const struct link_relay *r, const char *url, const uint8_t pin[static PIN_LEN]);

/* Send it as soon as may be; takes a reference of its own. Dropped when the queue is full or has it already. */
void link_relay_send(struct link_relay *r, struct parcel *p);
/* Run fn with a copy of job on the sender's thread. ERR_FULL, ERR_NOMEM: there is no copy. */
MUST_USE enum err link_relay_job(struct link_relay *r, link_relay_fn *fn, void *(*copy_job)(const void *job),
                                 const void *job);
/* Try again at once what failed before: the relay is known to be there. */
void link_relay_retry(struct link_relay *r);

/*
 * The oldest arrival, for free(); NULL: none. It counts as handled from here on, so the relay will be told to forget
 * it: who sent it repeats it until a signed acknowledgement says that it was.
 */
struct arrival *link_relay_take(struct link_relay *r);

#endif
