/* SPDX-License-Identifier: Apache-2.0 */
/* delegates: three questions to the keyholder, and a row for each signed-in person who may release for others. */
#include "devicescout/people/delegates.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/log.h"

struct giver {
    char person[PERSON_SIZE];
    uint64_t until_unix_ms;
};

struct row {
    char person[PERSON_SIZE]; /* who may */
    size_t len;
    struct giver givers[DELEGATIONS_HELD_MAX];
    LIST_ENTRY(row) next;
};

struct delegates {
    struct delegates_keyholder loop;
    uint32_t days_most;
    LIST_HEAD(, row) rows;
};

static enum err list_read(const uint8_t *bytes, size_t len, struct delegates_list *out)
{
    struct rbuf b = rbuf_of(bytes, len);
    uint16_t count;
    enum err e;

    if ((e = rbuf_u32(&b, &out->days_most)) != OK || (e = rbuf_u16(&b, &count)) != OK)
        return e;
    if (count > DELEGATES_MAX)
        return ERR_LIMIT;
    for (out->len = 0; out->len < count; out->len++) {
        if ((e = delegation_read(&b, &out->list[out->len])) != OK)
            return e;
    }
    return rbuf_end(&b);
}

enum err delegates_read(const struct delegates_keyholder *k, const char *person, struct delegates_list *out)
{
    uint8_t body[2 + PERSON_SIZE], *answer = malloc(KH_FRAME_MAX);
    struct wbuf b = wbuf_of(body, sizeof body);
    size_t len = 0;
    enum err e = ERR_NOMEM;

    out->days_most = 0;
    out->len = 0;
    if (answer == NULL)
        goto out;
    if ((e = wbuf_text16(&b, person)) != OK || (e = k->ask(k->arg, KH_DELEGATIONS, b.start, b.len, answer, &len)) != OK)
        goto out;
    if (list_read(answer, len, out) != OK) {
        out->len = 0;
        e = ERR_PEER;
    }
out:
    free(answer);
    return e;
}

enum err delegates_add(const struct delegates_keyholder *k, const char *from, const char *to, uint64_t until_unix_ms,
                       uint8_t authentication)
{
    uint8_t body[2 * (2 + PERSON_SIZE) + 8 + 1], *answer = malloc(KH_FRAME_MAX);
    struct wbuf b = wbuf_of(body, sizeof body);
    size_t len = 0;
    enum err e = ERR_NOMEM;

    if (answer == NULL)
        goto out;
    if ((e = wbuf_text16(&b, from)) != OK || (e = wbuf_text16(&b, to)) != OK ||
        (e = wbuf_u64(&b, until_unix_ms)) != OK || (e = wbuf_u8(&b, authentication)) != OK)
        goto out;
    e = k->ask(k->arg, KH_DELEGATE, b.start, b.len, answer, &len);
out:
    free(answer);
    return e;
}

enum err delegates_end(const struct delegates_keyholder *k, struct id id, const char *person)
{
    uint8_t body[ID_LEN + 2 + PERSON_SIZE];
    struct wbuf b = wbuf_of(body, sizeof body);
    enum err e;

    if ((e = wbuf_id(&b, id)) != OK || (e = wbuf_text16(&b, person)) != OK)
        return e;
    return k->ask(k->arg, KH_UNDELEGATE, b.start, b.len, NULL, NULL);
}

enum err delegates_new(const struct delegates_keyholder *loop, struct delegates **out)
{
    struct delegates *d = calloc(1, sizeof *d);

    if (d == NULL)
        return ERR_NOMEM;
    d->loop = *loop;
    LIST_INIT(&d->rows);
    *out = d;
    return OK;
}

static void drop(struct row *row)
{
    LIST_REMOVE(row, next);
    free(row);
}

void delegates_free(struct delegates *d)
{
    if (d == NULL)
        return;
    while (!LIST_EMPTY(&d->rows))
        drop(LIST_FIRST(&d->rows));
    free(d);
}

static struct row *find(const struct delegates *d, const char *person)
{
    struct row *row;

    LIST_FOREACH(row, &d->rows, next)
    {
        if (strcmp(row->person, person) == 0)
            return row;
    }
    return NULL;
}

void delegates_forget(struct delegates *d, const char *person)
{
    struct row *row = find(d, person);

    if (row != NULL)
        drop(row);
}

static void remember(struct delegates *d, const char *person, const struct delegates_list *all)
{
    struct row *row = calloc(1, sizeof *row);

    if (row == NULL)
        return; /* then they see their own jobs alone */
    memcpy(row->person, person, strlen(person) + 1);
    for (size_t i = 0; i < all->len && row->len < DELEGATIONS_HELD_MAX; i++) {
        struct giver *g = &row->givers[row->len];

        if (strcmp(all->list[i].to, person) != 0)
            continue;
        memcpy(g->person, all->list[i].from, PERSON_SIZE);
        g->until_unix_ms = all->list[i].until_unix_ms;
        row->len++;
    }
    if (row->len == 0)
        free(row);
    else
        LIST_INSERT_HEAD(&d->rows, row, next);
}

void delegates_look(struct delegates *d, const char *person)
{
    struct delegates_list *all = malloc(sizeof *all);
    const enum err e = all == NULL ? ERR_NOMEM : delegates_read(&d->loop, person, all);

    delegates_forget(d, person);
    if (e == OK) {
        d->days_most = all->days_most;
        remember(d, person, all);
    } else {
        log_warn("delegations_unknown", "why=%s", err_name(e));
    }
    free(all);
}

uint32_t delegates_days_most(const struct delegates *d)
{
    return d->days_most;
}

static const struct giver *find_giver(const struct row *row, const char *from, uint64_t now_unix_ms)
{
    for (size_t i = 0; i < row->len; i++) {
        if (now_unix_ms < row->givers[i].until_unix_ms && strcmp(row->givers[i].person, from) == 0)
            return &row->givers[i];
    }
    return NULL;
}

int delegates_may(const struct delegates *d, const char *from, const char *to, uint64_t now_unix_ms)
{
    const struct row *row = find(d, to);

    return row != NULL && find_giver(row, from, now_unix_ms) != NULL;
}

void delegates_givers(const struct delegates *d, const char *to, uint64_t now_unix_ms, delegates_fn *fn, void *arg)
{
    const struct row *row = find(d, to);

    for (size_t i = 0; row != NULL && i < row->len; i++) {
        if (now_unix_ms < row->givers[i].until_unix_ms)
            fn(arg, row->givers[i].person);
    }
}

void delegates_holders(const struct delegates *d, const char *from, uint64_t now_unix_ms, delegates_fn *fn, void *arg)
{
    const struct row *row;

    LIST_FOREACH(row, &d->rows, next)
    {
        if (find_giver(row, from, now_unix_ms) != NULL)
            fn(arg, row->person);
    }
}

static size_t has_giver(const struct row *row, const char *from, uint64_t until_unix_ms)
{
    for (size_t i = 0; i < row->len; i++) {
        if (row->givers[i].until_unix_ms == until_unix_ms && strcmp(row->givers[i].person, from) == 0)
            return 1;
    }
    return 0;
}

static int is_same(const struct row *row, const struct delegates_list *all)
{
    size_t same = 0, len = 0;

    for (size_t i = 0; i < all->len; i++) {
        if (strcmp(all->list[i].to, row->person) != 0)
            continue;
        len++;
        same += has_giver(row, all->list[i].from, all->list[i].until_unix_ms);
    }
    return same == row->len && len == row->len;
}

void delegates_refresh(struct delegates *d, delegates_fn *fn, void *arg)
{
    struct delegates_list *all = malloc(sizeof *all);
    struct row *row, *next;

    for (row = LIST_FIRST(&d->rows); all != NULL && row != NULL; row = next) {
        char person[PERSON_SIZE];

        next = LIST_NEXT(row, next);
        if (delegates_read(&d->loop, row->person, all) != OK || is_same(row, all))
            continue; /* a keyholder that is down for a moment still refuses, and takes nothing off a screen */
        memcpy(person, row->person, sizeof person);
        drop(row);
        remember(d, person, all);
        fn(arg, person);
    }
    free(all);
}

static int drop_past(struct row *row, uint64_t now_unix_ms)
{
    const size_t before = row->len;

    row->len = 0;
    for (size_t i = 0; i < before; i++) {
        if (now_unix_ms < row->givers[i].until_unix_ms)
            row->givers[row->len++] = row->givers[i];
    }
    return row->len != before;
}

void delegates_sweep(struct delegates *d, uint64_t now_unix_ms, delegates_fn *fn, void *arg)
{
    struct row *row, *next;

    for (row = LIST_FIRST(&d->rows); row != NULL; row = next) {
        next = LIST_NEXT(row, next);
        if (!drop_past(row, now_unix_ms))
            continue;
        fn(arg, row->person); /* looks at rows, changes none */
        if (row->len == 0)
            drop(row);
    }
}
