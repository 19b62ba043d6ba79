/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link_sender: the thread that sends to one relay, in order. What fails for want of a connection stays at the head and
 * is tried again; what the relay refuses is dropped, and comes again by the link's timer if it matters.
 */
#include "base/clock.h"
#include "base/log.h"
#include "proto/link_threads.h"

#define RETRY_FIRST_US 100000
#define RETRY_MOST_US  5000000

static int is_passing(enum err e)
{
    return e == ERR_UNREACHABLE || e == ERR_TIMEOUT;
}

/* The lock is held. */
static void back_off(struct link_relay *r)
{
    uint64_t wait_us = RETRY_FIRST_US;

    for (unsigned i = 0; i < r->send_failures && wait_us < RETRY_MOST_US; i++)
        wait_us *= 2;
    r->send_failures++;
    r->send_at_us = clock_mono_us() + (wait_us < RETRY_MOST_US ? wait_us : RETRY_MOST_US);
}

/* The lock is held, and not while the relay is talked to; only this thread removes from the queue. */
static void send_first(struct link_relay *r)
{
    struct outbound o = r->outbound[r->outbound_first];
    enum err e = OK;

    if (o.fn != NULL) { /* a job is its function's from here on: it is called once, with or without success */
        r->outbound_first = (r->outbound_first + 1) % OUTBOUND_MAX;
        r->outbound_len--;
    }
    pthread_mutex_unlock(&r->lock);
    if (o.fn != NULL)
        o.fn(o.job, r->out);
    else
        e = r->ops->relay_append(r->out, o.parcel->recipient, o.parcel->message, o.parcel->sealed, o.parcel->len);
    pthread_mutex_lock(&r->lock);
    if (o.fn != NULL)
        return;
    if (e != OK && e != r->send_error && !r->stopping)
        log_warn("relay_append", "relay=%s reason=%s", r->url, err_name(e));
    r->send_error = e;
    if (is_passing(e)) {
        back_off(r);
        return;
    }
    r->send_failures = 0;
    r->outbound_first = (r->outbound_first + 1) % OUTBOUND_MAX;
    r->outbound_len--;
    parcel_release(o.parcel);
}

/* The lock is held, as above. A cursor that does not arrive is told with the next one. */
static void acknowledge(struct link_relay *r)
{
    uint64_t cursor = r->handled;
    enum err e;

    r->unacknowledged = 0;
    pthread_mutex_unlock(&r->lock);
    e = r->ops->relay_acknowledge(r->out, cursor);
    if (e != OK)
        log_debug("relay_acknowledge", "relay=%s reason=%s", r->url, err_name(e));
    pthread_mutex_lock(&r->lock);
}

void *link_sender_run(void *relay)
{
    struct link_relay *r = relay;

    pthread_mutex_lock(&r->lock);
    while (!r->stopping) {
        uint64_t now = clock_mono_us(), next = UINT64_MAX;

        /* First, so that a busy sender too lets the relay forget; it is one request in a second or 64 messages. */
        if (r->unacknowledged > 0 && (next = r->acknowledge_at_us) <= now) {
            acknowledge(r);
            continue;
        }
        if (r->outbound_len > 0 && r->send_at_us <= now) {
            send_first(r);
            continue;
        }
        if (r->outbound_len > 0 && r->send_at_us < next)
            next = r->send_at_us;
        link_relay_wait(r, next);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}
