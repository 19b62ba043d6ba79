/* SPDX-License-Identifier: Apache-2.0 */
/* link_relay: the loop's side of one relay: starting, stopping, handing over. */
#include "proto/link_relay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "proto/link_threads.h"

/* The relay keeps what it was not told of: a cursor told late costs room there, told often costs traffic. */
#define ACKNOWLEDGE_AFTER_US 1000000
#define ACKNOWLEDGE_AFTER    64

struct parcel *parcel_new(struct id recipient, struct id message, const uint8_t *sealed, size_t len)
{
    struct parcel *p = malloc(sizeof *p + len);

    if (p == NULL)
        return NULL;
    p->refs = 1;
    p->recipient = recipient;
    p->message = message;
    p->len = len;
    memcpy(p->sealed, sealed, len);
    return p;
}

void parcel_release(struct parcel *p)
{
    if (p != NULL && __atomic_sub_fetch(&p->refs, 1, __ATOMIC_ACQ_REL) == 0)
        free(p);
}

static enum err lock_start(struct link_relay *r)
{
    pthread_condattr_t attributes;

    /* These fail for want of memory only. */
    if (pthread_condattr_init(&attributes) != 0)
        return ERR_NOMEM;
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    if (pthread_cond_init(&r->changed, &attributes) != 0) {
        pthread_condattr_destroy(&attributes);
        return ERR_NOMEM;
    }
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&r->lock, NULL);
    return OK;
}

enum err link_relay_start(const struct link_ops *ops, const struct relay_opts *opts, int bell, struct link_relay **out)
{
    struct link_relay *r = NULL;
    enum err e = ERR_NOMEM;

    if ((r = calloc(1, sizeof *r)) == NULL)
        return ERR_NOMEM;
    if ((e = lock_start(r)) != OK) {
        free(r);
        return e;
    }
    r->ops = ops;
    r->bell = bell;
    r->last_arrival = &r->arrivals;
    e = ERR_LIMIT;
    if (strlen(opts->url) >= sizeof r->url)
        goto out;
    strcpy(r->url, opts->url);
    memcpy(r->pin, opts->pin, PIN_LEN);
    if ((e = ops->relay_new(opts, &r->in)) != OK || (e = ops->relay_new(opts, &r->out)) != OK)
        goto out;
    e = ERR_NOMEM;
    if (pthread_create(&r->sender, NULL, link_sender_run, r) != 0)
        goto out;
    r->threads = 1;
    if (pthread_create(&r->reader, NULL, link_reader_run, r) != 0)
        goto out;
    r->threads = 2;
    *out = r; /* the caller owns it now */
    r = NULL;
    e = OK;
out:
    link_relay_free(r);
    return e;
}

static void stop_threads(struct link_relay *r)
{
    pthread_mutex_lock(&r->lock);
    r->stopping = 1;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
    if (r->in != NULL)
        r->ops->relay_stop(r->in);
    if (r->out != NULL)
        r->ops->relay_stop(r->out);
    if (r->threads > 0)
        pthread_join(r->sender, NULL);
    if (r->threads > 1)
        pthread_join(r->reader, NULL);
}

void link_relay_free(struct link_relay *r)
{
    if (r == NULL)
        return;
    stop_threads(r);
    for (; r->outbound_len > 0; r->outbound_len--) {
        struct outbound *o = &r->outbound[r->outbound_first];

        parcel_release(o->parcel);
        if (o->fn != NULL)
            o->fn(o->job, r->out); /* stopped: it frees its job, and a call that it makes fails */
        r->outbound_first = (r->outbound_first + 1) % OUTBOUND_MAX;
    }
    for (struct arrival *a = r->arrivals, *next; a != NULL; a = next) {
        next = a->next;
        free(a);
    }
    r->ops->relay_free(r->in);
    r->ops->relay_free(r->out);
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

const char *link_relay_url(const struct link_relay *r)
{
    return r->url;
}

int link_relay_is(const struct link_relay *r, const char *url, const uint8_t pin[static PIN_LEN])
{
    return strcmp(r->url, url) == 0 && memcmp(r->pin, pin, PIN_LEN) == 0;
}

/* The lock is held. */
static enum err push(struct link_relay *r, struct outbound o)
{
    if (r->outbound_len == OUTBOUND_MAX)
        return ERR_FULL;
    r->outbound[(r->outbound_first + r->outbound_len++) % OUTBOUND_MAX] = o;
    pthread_cond_broadcast(&r->changed);
    return OK;
}

/* The lock is held. */
static int is_queued(const struct link_relay *r, struct id message)
{
    for (size_t i = 0; i < r->outbound_len; i++) {
        const struct parcel *p = r->outbound[(r->outbound_first + i) % OUTBOUND_MAX].parcel;

        if (p != NULL && id_equal(p->message, message))
            return 1;
    }
    return 0;
}

void link_relay_send(struct link_relay *r, struct parcel *p)
{
    pthread_mutex_lock(&r->lock);
    if (!is_queued(r, p->message) && push(r, (struct outbound){.parcel = p}) == OK)
        __atomic_add_fetch(&p->refs, 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&r->lock);
}

enum err link_relay_job(struct link_relay *r, link_relay_fn *fn, void *(*copy_job)(const void *job), const void *job)
{
    struct outbound o = {.fn = fn};
    enum err e = ERR_FULL;

    pthread_mutex_lock(&r->lock);
    if (r->outbound_len < OUTBOUND_MAX) /* before it is copied: who copies it does not know how to free it */
        e = (o.job = copy_job(job)) == NULL ? ERR_NOMEM : push(r, o);
    pthread_mutex_unlock(&r->lock);
    return e;
}

void link_relay_retry(struct link_relay *r)
{
    pthread_mutex_lock(&r->lock);
    r->send_failures = 0;
    r->send_at_us = 0;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
}

/* The relay may forget up to this cursor. The lock is held. */
static void note_handled(struct link_relay *r, const struct arrival *a)
{
    /* A cursor of an earlier connection may mean other messages now: the relay may have lost its store. */
    if (a->stream != r->stream || a->cursor <= r->handled)
        return;
    r->handled = a->cursor;
    if (r->unacknowledged++ == 0)
        r->acknowledge_at_us = clock_mono_us() + ACKNOWLEDGE_AFTER_US;
    if (r->unacknowledged >= ACKNOWLEDGE_AFTER)
        r->acknowledge_at_us = 0;
}

struct arrival *link_relay_take(struct link_relay *r)
{
    struct arrival *a;

    pthread_mutex_lock(&r->lock);
    if ((a = r->arrivals) != NULL) {
        if ((r->arrivals = a->next) == NULL)
            r->last_arrival = &r->arrivals;
        if (a->kind == ARRIVED_MESSAGE) {
            r->unhandled--;
            note_handled(r, a);
            pthread_cond_broadcast(&r->changed);
        }
    }
    pthread_mutex_unlock(&r->lock);
    return a;
}

void link_relay_wait(struct link_relay *r, uint64_t until_us)
{
    struct timespec until = {.tv_sec = (time_t)(until_us / 1000000), .tv_nsec = (long)(until_us % 1000000) * 1000};

    if (until_us == UINT64_MAX)
        pthread_cond_wait(&r->changed, &r->lock);
    else
        pthread_cond_timedwait(&r->changed, &r->lock, &until);
}
