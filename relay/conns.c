/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conns: one list for each phase. All in a list have the same time, so the first is always the next one due. Beside
 * them a hash table of the known ones by their owner.
 */
#include "relay/conns.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"

#define TICK_MS 500 /* how late a deadline may strike */

struct list {
    struct conn *first, *last;
    size_t len;
};

struct conns {
    struct loop *loop;
    struct list lists[CONN_PHASES];
    size_t strangers_max, count;
    uint64_t tick; /* timer; 0: none runs */
    size_t mask;
    struct conn *owners[]; /* mask + 1 buckets */
};

static const uint64_t phase_ms[CONN_PHASES] = {
    [CONN_STRANGER] = CONN_STRANGER_MS, [CONN_REQUEST] = CONN_REQUEST_MS, [CONN_IDLE] = CONN_IDLE_MS};

enum err conns_new(struct loop *loop, size_t max, struct conns **out)
{
    size_t buckets = 64;
    struct conns *cs;

    while (buckets < max)
        buckets *= 2;
    if ((cs = calloc(1, sizeof *cs + buckets * sizeof *cs->owners)) == NULL)
        return ERR_NOMEM;
    cs->loop = loop;
    cs->strangers_max = max / 4;
    cs->mask = buckets - 1;
    *out = cs;
    return OK;
}

void conns_free(struct conns *cs)
{
    if (cs == NULL)
        return;
    if (cs->tick != 0)
        loop_cancel(cs->loop, cs->tick);
    free(cs);
}

static void leave(struct conns *cs, struct conn *c)
{
    struct list *l;

    if (c->phase == CONN_PHASES)
        return;
    l = &cs->lists[c->phase];
    *(c->prev != NULL ? &c->prev->next : &l->first) = c->next;
    *(c->next != NULL ? &c->next->prev : &l->last) = c->prev;
    l->len--;
    c->prev = c->next = NULL;
    c->phase = CONN_PHASES;
}

static void join(struct conns *cs, struct conn *c, enum conn_phase phase)
{
    struct list *l = &cs->lists[phase];

    c->due_boot_ms = clock_boot_ms() + phase_ms[phase];
    c->phase = phase;
    c->prev = l->last;
    *(l->last != NULL ? &l->last->next : &l->first) = c;
    l->last = c;
    l->len++;
}

void conns_drop(struct conns *cs, struct conn *c)
{
    leave(cs, c);
    shutdown(c->fd, SHUT_RDWR); /* the server owns and closes it; an error means that it is down already */
}

static void start_tick(struct conns *cs);

static void on_tick(void *arg)
{
    struct conns *cs = arg;
    uint64_t now = clock_boot_ms();

    cs->tick = 0;
    for (enum conn_phase phase = CONN_STRANGER; phase < CONN_WAITING; phase++) {
        struct conn *c;

        while ((c = cs->lists[phase].first) != NULL && c->due_boot_ms <= now) {
            log_debug("connection_too_slow", "phase=%d", (int)phase);
            conns_drop(cs, c);
        }
    }
    start_tick(cs);
}

static void start_tick(struct conns *cs)
{
    size_t waited_for = cs->lists[CONN_STRANGER].len + cs->lists[CONN_REQUEST].len + cs->lists[CONN_IDLE].len;

    if (cs->tick == 0 && waited_for > 0 && loop_after(cs->loop, TICK_MS, on_tick, cs, &cs->tick) != OK)
        log_error("deadlines_not_kept", "reason=%s", err_name(ERR_NOMEM)); /* the next connection tries again */
}

struct conn *conns_add(struct conns *cs, int fd)
{
    struct conn *c = calloc(1, sizeof *c);

    if (c == NULL)
        return NULL;
    c->fd = fd;
    cs->count++;
    join(cs, c, CONN_STRANGER);
    if (cs->lists[CONN_STRANGER].len > cs->strangers_max)
        conns_drop(cs, cs->lists[CONN_STRANGER].first);
    start_tick(cs);
    return c;
}

static void disown(struct conn *c)
{
    if (!c->known)
        return;
    *c->same_link = c->same_next;
    if (c->same_next != NULL)
        c->same_next->same_link = c->same_link;
    c->known = 0;
}

void conns_remove(struct conns *cs, struct conn *c)
{
    leave(cs, c);
    disown(c);
    cs->count--;
    free(c);
}

size_t conns_count(const struct conns *cs)
{
    return cs->count;
}

void conns_enter(struct conns *cs, struct conn *c, enum conn_phase phase)
{
    if (c->phase == CONN_PHASES) /* told to go */
        return;
    if (!c->known) {
        if (phase != CONN_IDLE)
            return;
        phase = CONN_STRANGER;
    }
    leave(cs, c);
    join(cs, c, phase);
    start_tick(cs);
}

static int is_owned_by(const struct conn *c, struct id site, struct id owner)
{
    return id_equal(c->owner, owner) && id_equal(c->site, site);
}

void conns_trust(struct conns *cs, struct conn *c, struct id site, struct id owner)
{
    struct conn *oldest = NULL;
    struct conn **head;
    uint64_t a, b;
    size_t n = 0;

    if (c->known && is_owned_by(c, site, owner))
        return;
    disown(c); /* another node's session on the same connection: through a proxy of theirs */
    memcpy(&a, site.b, sizeof a);
    memcpy(&b, owner.b, sizeof b);
    head = &cs->owners[(size_t)(a ^ b) & cs->mask];
    for (struct conn *other = *head; other != NULL; other = other->same_next) {
        if (is_owned_by(other, site, owner) && other->phase != CONN_PHASES) {
            oldest = other; /* who comes stands in front */
            n++;
        }
    }
    if (n >= CONNS_PER_OWNER)
        conns_drop(cs, oldest);
    c->known = 1;
    c->site = site;
    c->owner = owner;
    c->same_link = head;
    c->same_next = *head;
    if (*head != NULL)
        (*head)->same_link = &c->same_next;
    *head = c;
}
