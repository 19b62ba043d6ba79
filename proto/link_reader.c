/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link_reader: the thread that reads the own mailbox at one relay. Each connection reads all that the relay still
 * holds, whatever was read before: what was handled was acknowledged there or is known as a repeat, and a relay that
 * lost its store, and counts from one again, hides nothing.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "proto/link_threads.h"

#define RETRY_FIRST_US  200000 /* a relay that was restarted is back soon */
#define RETRY_SECOND_US 1000000
#define RETRY_MOST_US   60000000
#define SOUND_US        1000000 /* a stream that lasted so long, or brought a message, was no failure */

enum stream_state { STREAM_UNKNOWN, STREAM_UP, STREAM_DOWN };

struct reader { /* this thread's own */
    struct link_relay *relay;
    enum stream_state state;
    uint64_t up_since_us;
    int brought; /* a message came over this stream */
};

/* Hand it to the loop. The lock is held. */
static void hand_over(struct link_relay *r, struct arrival *a)
{
    const uint64_t one = 1;

    a->next = NULL;
    a->stream = r->stream;
    *r->last_arrival = a;
    r->last_arrival = &a->next;
    if (write(r->bell, &one, sizeof one) < 0) {
        /* Only when the counter is full, and then the bell rings already. */
    }
}

static enum err tell(struct reader *t, enum arrival_kind kind, enum err reason)
{
    struct arrival *a = calloc(1, sizeof *a);

    if (a == NULL)
        return ERR_NOMEM;
    a->kind = kind;
    a->reason = reason;
    pthread_mutex_lock(&t->relay->lock);
    hand_over(t->relay, a);
    pthread_mutex_unlock(&t->relay->lock);
    return OK;
}

static enum err on_message(struct reader *t, uint64_t cursor, const uint8_t *sealed, size_t len)
{
    struct link_relay *r = t->relay;
    struct arrival *a = malloc(sizeof *a + len);

    if (a == NULL)
        return ERR_NOMEM; /* ends the stream; the relay still has the message */
    a->kind = ARRIVED_MESSAGE;
    a->reason = OK;
    a->cursor = cursor;
    a->len = len;
    memcpy(a->sealed, sealed, len);
    pthread_mutex_lock(&r->lock);
    while (r->unhandled >= ARRIVALS_MAX && !r->stopping)
        link_relay_wait(r, UINT64_MAX);
    r->unhandled++;
    hand_over(r, a);
    pthread_mutex_unlock(&r->lock);
    return OK;
}

static int is_stopping(struct link_relay *r)
{
    int stopping;

    pthread_mutex_lock(&r->lock);
    stopping = r->stopping;
    pthread_mutex_unlock(&r->lock);
    return stopping;
}

static enum err on_read(void *arg, uint64_t cursor, const uint8_t *sealed, size_t len)
{
    struct reader *t = arg;
    enum err e;

    if (is_stopping(t->relay))
        return ERR_STATE;
    if (t->state != STREAM_UP) {
        if ((e = tell(t, ARRIVED_UP, OK)) != OK)
            return e;
        t->state = STREAM_UP;
        t->up_since_us = clock_mono_us();
    }
    if (sealed == NULL)
        return OK;
    t->brought = 1;
    return on_message(t, cursor, sealed, len);
}

static void start_stream(struct link_relay *r)
{
    pthread_mutex_lock(&r->lock);
    r->stream++;
    r->handled = 0;
    r->unacknowledged = 0;
    pthread_mutex_unlock(&r->lock);
}

/* Wait before attempt number failures, not in step with other scouts that lost the same relay. */
static void pause_for(struct link_relay *r, unsigned failures)
{
    uint64_t wait_us = failures == 0 ? RETRY_FIRST_US : RETRY_SECOND_US;
    uint64_t until_us;
    uint16_t random;

    for (unsigned i = 1; i < failures && wait_us < RETRY_MOST_US; i++)
        wait_us *= 2;
    if (wait_us > RETRY_MOST_US)
        wait_us = RETRY_MOST_US;
    secret_random(&random, sizeof random);
    until_us = clock_mono_us() + wait_us / 2 + wait_us / 2 * random / UINT16_MAX;
    pthread_mutex_lock(&r->lock);
    while (!r->stopping && clock_mono_us() < until_us)
        link_relay_wait(r, until_us);
    pthread_mutex_unlock(&r->lock);
}

void *link_reader_run(void *relay)
{
    struct link_relay *r = relay;
    struct reader t = {.relay = r, .state = STREAM_UNKNOWN};
    unsigned failures = 0;

    while (!is_stopping(r)) {
        uint64_t cursor = 0;
        enum err e;

        start_stream(r);
        t.brought = 0;
        e = r->ops->relay_read(r->in, &cursor, on_read, &t);
        if (t.brought || (t.state == STREAM_UP && clock_mono_us() - t.up_since_us >= SOUND_US))
            failures = 0;
        /* Said once for each change. Without memory for saying it, at the next failure. */
        if (t.state != STREAM_DOWN && tell(&t, ARRIVED_DOWN, e) == OK)
            t.state = STREAM_DOWN;
        pause_for(r, failures++);
    }
    return NULL;
}
