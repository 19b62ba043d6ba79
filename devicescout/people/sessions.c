/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sessions: a list. The first half of a token finds its session, the second half is compared in constant time, so that
 * neither the search nor the comparison tells a guesser how close a guess was.
 */
#include "devicescout/people/sessions.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "crypto/secret.h"

#define HALF (SESSION_TOKEN_LEN / 2)

struct entry {
    struct session session;
    uint8_t token[SESSION_TOKEN_LEN];
    LIST_ENTRY(entry) next;
};

struct sessions {
    struct sessions_opts opts;
    LIST_HEAD(, entry) list;
    size_t count;
    uint64_t last_number;
};

enum err sessions_new(const struct sessions_opts *opts, struct sessions **out)
{
    struct sessions *s = calloc(1, sizeof *s);

    if (s == NULL)
        return ERR_NOMEM;
    s->opts = *opts;
    LIST_INIT(&s->list);
    *out = s;
    return OK;
}

static void entry_free(struct sessions *s, struct entry *e)
{
    LIST_REMOVE(e, next);
    s->count--;
    secret_wipe(e, sizeof *e);
    free(e);
}

void sessions_free(struct sessions *s)
{
    if (s == NULL)
        return;
    while (!LIST_EMPTY(&s->list))
        entry_free(s, LIST_FIRST(&s->list));
    free(s);
}

static void end(struct sessions *s, struct entry *e)
{
    if (s->opts.ended != NULL)
        s->opts.ended(s->opts.arg, &e->session);
    entry_free(s, e);
}

static int is_over(const struct sessions *s, const struct session *x, uint64_t now)
{
    return now >= x->touched_boot_ms + s->opts.idle_ms || now >= x->started_boot_ms + s->opts.longest_ms;
}

/* So that nobody takes the places of all others. */
static void make_room_for(struct sessions *s, const char *person)
{
    struct entry *e, *quietest = NULL;
    size_t count = 0;

    LIST_FOREACH(e, &s->list, next)
    {
        if (strcmp(e->session.person, person) != 0)
            continue;
        count++;
        if (quietest == NULL || e->session.touched_boot_ms <= quietest->session.touched_boot_ms)
            quietest = e;
    }
    if (count >= s->opts.person_max && quietest != NULL)
        end(s, quietest);
}

enum err sessions_start(struct sessions *s, const struct session *want, uint64_t now_boot_ms,
                        char token[static SESSION_TOKEN_SIZE])
{
    struct entry *e;

    make_room_for(s, want->person);
    if (s->count >= s->opts.max)
        sessions_sweep(s, now_boot_ms);
    if (s->count >= s->opts.max)
        return ERR_FULL;
    if ((e = malloc(sizeof *e)) == NULL)
        return ERR_NOMEM;
    e->session = *want;
    e->session.started_boot_ms = e->session.touched_boot_ms = now_boot_ms;
    e->session.number = ++s->last_number;
    e->session.changes = 1;
    secret_random(e->token, sizeof e->token);
    hex_write(e->token, sizeof e->token, token);
    LIST_INSERT_HEAD(&s->list, e, next);
    s->count++;
    return OK;
}

static struct entry *find(struct sessions *s, const char *text)
{
    uint8_t token[SESSION_TOKEN_LEN];
    struct entry *e = NULL;

    if (hex_read(text, token, sizeof token) != OK)
        return NULL;
    LIST_FOREACH(e, &s->list, next)
    {
        if (memcmp(e->token, token, HALF) == 0)
            break;
    }
    if (e != NULL && !secret_equal(e->token + HALF, token + HALF, HALF))
        e = NULL;
    secret_wipe(token, sizeof token);
    return e;
}

const struct session *sessions_find(struct sessions *s, const char *token, const char *address, uint64_t now_boot_ms,
                                    int touch)
{
    struct entry *e = find(s, token);

    if (e == NULL || strcmp(e->session.address, address) != 0)
        return NULL;
    if (is_over(s, &e->session, now_boot_ms)) {
        end(s, e);
        return NULL;
    }
    if (touch)
        e->session.touched_boot_ms = now_boot_ms;
    return &e->session;
}

static struct entry *find_number(struct sessions *s, uint64_t number)
{
    struct entry *e;

    LIST_FOREACH(e, &s->list, next)
    {
        if (e->session.number == number)
            return e;
    }
    return NULL;
}

const struct session *sessions_by_number(struct sessions *s, uint64_t number)
{
    struct entry *e = find_number(s, number);

    return e != NULL ? &e->session : NULL;
}

void sessions_end(struct sessions *s, uint64_t number)
{
    struct entry *e = find_number(s, number);

    if (e != NULL)
        end(s, e);
}

void sessions_end_if(struct sessions *s, sessions_is_fn *is, const void *arg)
{
    struct entry *e, *next;

    for (e = LIST_FIRST(&s->list); e != NULL; e = next) {
        next = LIST_NEXT(e, next);
        if (is(arg, &e->session))
            end(s, e);
    }
}

int session_is_by_pin_of(const void *person, const struct session *s)
{
    return (s->authentication == BY_BADGE_PIN || s->authentication == BY_NAME_PIN) && strcmp(s->person, person) == 0;
}

void sessions_sweep(struct sessions *s, uint64_t now_boot_ms)
{
    struct entry *e, *next;

    for (e = LIST_FIRST(&s->list); e != NULL; e = next) {
        next = LIST_NEXT(e, next);
        if (is_over(s, &e->session, now_boot_ms))
            end(s, e);
    }
}

void sessions_of_person(struct sessions *s, const char *person, sessions_fn *fn, void *arg)
{
    struct entry *e;

    LIST_FOREACH(e, &s->list, next)
    {
        if (strcmp(e->session.person, person) == 0)
            fn(arg, &e->session);
    }
}

void sessions_mark(struct sessions *s, const char *person)
{
    struct entry *e;

    LIST_FOREACH(e, &s->list, next)
    {
        if (strcmp(e->session.person, person) == 0)
            e->session.changes++;
    }
}

size_t sessions_count(const struct sessions *s)
{
    return s->count;
}
