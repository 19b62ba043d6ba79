/* SPDX-License-Identifier: Apache-2.0 */
/* link_threads: what the loop's side (link_relay.c) and the two threads (link_reader.c, link_sender.c) of a relay
 * share. */
#ifndef PROTO_LINK_THREADS_H
#define PROTO_LINK_THREADS_H

#include <pthread.h>

#include "proto/link_relay.h"

#define OUTBOUND_MAX 4096 /* waiting to be sent to one relay; what is dropped beyond comes again by its timer */
#define ARRIVALS_MAX 256  /* not yet handled by the loop; the reader then waits, and with it the relay */

struct outbound { /* a parcel, or a job */
    struct parcel *parcel;
    link_relay_fn *fn;
    void *job;
};

struct link_relay {
    const struct link_ops *ops;
    char url[RELAY_URL_SIZE];
    uint8_t pin[PIN_LEN];
    int bell;
    struct relay *in, *out; /* the reader's client, the sender's client */
    pthread_t reader, sender;
    int threads; /* how many of them run */

    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t changed;
    int stopping;

    struct outbound outbound[OUTBOUND_MAX]; /* a ring */
    size_t outbound_first, outbound_len;
    unsigned send_failures; /* in a row */
    uint64_t send_at_us;    /* not before, after a failure */
    enum err send_error;    /* the last one, so that each is logged once */

    struct arrival *arrivals, **last_arrival;
    size_t unhandled; /* messages, taken by the loop or not */

    uint64_t stream;            /* counts connections of the reader */
    uint64_t handled;           /* cursor up to which the loop handled what came over this stream */
    unsigned unacknowledged;    /* messages handled since the relay was told */
    uint64_t acknowledge_at_us; /* when it is to be told at the latest */
};

void *link_reader_run(void *relay); /* thread bodies */
void *link_sender_run(void *relay);

/* Wait for r->changed, at most until a time on CLOCK_MONOTONIC (UINT64_MAX: no limit). The lock is held. */
void link_relay_wait(struct link_relay *r, uint64_t until_us);

#endif
