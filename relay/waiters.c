/* SPDX-License-Identifier: Apache-2.0 */
/* waiters: a hash table of lists. Keys are random ids, so a few of their bits spread them. */
#include "relay/waiters.h"

#include <stdlib.h>
#include <string.h>

struct waiters {
    struct loop *loop;
    loop_fn *on_wake;
    void *arg;
    size_t mask, count;
    struct waiter *buckets[]; /* mask + 1 */
};

enum err waiters_new(struct loop *loop, size_t expected, loop_fn *on_wake, void *arg, struct waiters **out)
{
    size_t n = 64;
    struct waiters *ws;

    while (n < expected)
        n *= 2;
    if ((ws = calloc(1, sizeof *ws + n * sizeof *ws->buckets)) == NULL)
        return ERR_NOMEM;
    ws->loop = loop;
    ws->on_wake = on_wake;
    ws->arg = arg;
    ws->mask = n - 1;
    *out = ws;
    return OK;
}

void waiters_free(struct waiters *ws)
{
    free(ws);
}

size_t waiters_count(const struct waiters *ws)
{
    return ws->count;
}

/* Somebody who chooses ids can fill one bucket with connections of its own, which slows itself and few others. */
static size_t bucket_of(const struct waiters *ws, struct id site, struct id key)
{
    uint64_t a, b;

    memcpy(&a, site.b, sizeof a);
    memcpy(&b, key.b, sizeof b);
    return (size_t)(a ^ b) & ws->mask;
}

void waiters_join(struct waiters *ws, struct waiter *w, struct id site, struct id key,
                  struct MHD_Connection *connection)
{
    struct waiter **head = &ws->buckets[bucket_of(ws, site, key)];

    w->all = ws;
    w->site = site;
    w->key = key;
    w->connection = connection;
    w->next = *head;
    w->link = head;
    if (*head != NULL)
        (*head)->link = &w->next;
    *head = w;
    ws->count++;
}

void waiters_leave(struct waiter *w)
{
    if (w->all == NULL)
        return;
    if (w->timer != 0)
        loop_cancel(w->all->loop, w->timer);
    *w->link = w->next;
    if (w->next != NULL)
        w->next->link = w->link;
    w->all->count--;
    *w = (struct waiter){0};
}

static void on_timer(void *arg)
{
    struct waiter *w = arg;

    w->timer = 0;
    w->on_timer(w->arg);
}

enum err waiters_after(struct waiter *w, uint64_t ms, loop_fn *fn, void *arg)
{
    if (w->timer != 0)
        loop_cancel(w->all->loop, w->timer);
    w->timer = 0;
    w->on_timer = fn;
    w->arg = arg;
    return loop_after(w->all->loop, ms, on_timer, w, &w->timer);
}

void waiters_sleep(struct waiter *w)
{
    w->suspended = 1;
    MHD_suspend_connection(w->connection);
}

void waiters_wake(struct waiter *w)
{
    if (!w->suspended)
        return;
    w->suspended = 0;
    MHD_resume_connection(w->connection);
    w->all->on_wake(w->all->arg);
}

static void wake_each(struct waiters *ws, struct id site, struct id key, int ended)
{
    for (struct waiter *w = ws->buckets[bucket_of(ws, site, key)]; w != NULL; w = w->next) {
        if (!id_equal(w->site, site) || !id_equal(w->key, key))
            continue;
        w->ended |= ended;
        waiters_wake(w);
    }
}

void waiters_news(void *all, struct id site, struct id key)
{
    wake_each(all, site, key, 0);
}

void waiters_end(struct waiters *ws, struct id site, struct id key)
{
    wake_each(ws, site, key, 1);
}

void waiters_wake_all(struct waiters *ws)
{
    for (size_t i = 0; i <= ws->mask; i++) {
        for (struct waiter *w = ws->buckets[i]; w != NULL; w = w->next)
            waiters_wake(w);
    }
}
