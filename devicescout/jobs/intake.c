/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intake: announcements one by one. What the store brought back waits in a queue until it is listed, and is then
 * described a few at a time, so that ten thousand jobs after a restart hold up nobody. Lists: intake_rounds.c.
 */
#include "devicescout/jobs/intake.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "devicescout/jobs/intake_rounds.h"

#define DESCRIBE_AT_ONCE 16 /* some milliseconds' worth of asking the keyholder */

enum err intake_new(const struct intake_opts *opts, struct intake **out)
{
    struct intake *in = calloc(1, sizeof *in);

    if (in == NULL)
        return ERR_NOMEM;
    in->opts = *opts;
    STAILQ_INIT(&in->todo);
    *out = in;
    return OK;
}

void intake_free(struct intake *in)
{
    struct todo *t;

    if (in == NULL)
        return;
    while ((t = STAILQ_FIRST(&in->todo)) != NULL) {
        STAILQ_REMOVE_HEAD(&in->todo, next);
        free(t);
    }
    if (in->timer != 0)
        loop_cancel(in->opts.loop, in->timer);
    if (in->round_timer != 0)
        loop_cancel(in->opts.loop, in->round_timer);
    free(in);
}

void intake_restore(struct intake *in, const struct job *row)
{
    struct job *j;

    if (index_put(in->opts.index, row->id, row->origin, row->number, row->description, row->description_len, &j) != OK)
        return;
    j->state = row->state;
    j->reason = row->reason;
    j->order = row->order;
    j->order_ended = row->reason == REASON_KEPT; /* printed, and counted; its courier will say so again */
    j->received_boot_ms = clock_boot_ms();
}

void intake_remove(struct intake *in, struct job *j)
{
    in->opts.leaving(in->opts.arg, j);
    if (in->opts.store != NULL)
        store_drop_job(in->opts.store, j->id);
    index_remove(in->opts.index, j);
}

/*
 * Whose is it? On a node that belongs to a person, that person's, and nobody else's name may stand on it. On a shared
 * one the account's, which the directory knows by the same name.
 */
static enum err person_of(const struct node *node, const char *owner, const char **person)
{
    if (node->person[0] != '\0' && strcmp(node->person, owner) != 0)
        return ERR_REFUSED;
    *person = owner;
    return OK;
}

static enum err describe(struct intake *in, const struct node *node, struct job *j)
{
    struct described *d = malloc(sizeof *d);
    const char *person;
    enum err e = ERR_NOMEM;

    if (d == NULL)
        goto out;
    if ((e = in->opts.describe(in->opts.arg, j->description, j->description_len, d)) != OK)
        goto out;
    e = ERR_FORMAT;
    if (d->number != j->number)
        goto out;
    if ((e = person_of(node, d->owner, &person)) != OK)
        goto out;
    e = index_describe(in->opts.index, j, person, d->owner, &d->ticket);
out:
    free(d);
    return e;
}

static int try_later(enum err e)
{
    return e == ERR_UNREACHABLE || e == ERR_TIMEOUT || e == ERR_STATE || e == ERR_NOMEM;
}

static void show(struct intake *in, struct job *j)
{
    j->confirmed = 1;
    in->opts.changed(in->opts.arg, j);
}

static void describe_some(void *arg);

static void describe_soon(struct intake *in, uint64_t ms)
{
    if (in->timer == 0 && loop_after(in->opts.loop, ms, describe_some, in, &in->timer) != OK)
        log_warn("describe_delayed", "why=no memory");
}

static void describe_some(void *arg)
{
    struct intake *in = arg;
    struct todo *t;

    in->timer = 0;
    for (int i = 0; i < DESCRIBE_AT_ONCE && (t = STAILQ_FIRST(&in->todo)) != NULL; i++) {
        struct job *j = index_find(in->opts.index, t->job);
        struct node *node = j != NULL ? nodes_find(in->opts.nodes, j->origin) : NULL;
        char text[ID_HEX_SIZE];
        enum err e = OK;

        if (j != NULL && node != NULL && node->introduced && !j->confirmed) {
            if (j->person != NULL || (e = describe(in, node, j)) == OK)
                show(in, j);
        }
        if (try_later(e)) {
            describe_soon(in, in->opts.retry_ms);
            return;
        }
        STAILQ_REMOVE_HEAD(&in->todo, next);
        if (e != OK) {
            log_warn("announcement_refused", "job=%s why=%s", id_text(t->job, text), err_name(e));
            if (e == ERR_REPLAY)
                in->opts.tell_closed(in->opts.arg, j->id, j->origin);
            intake_remove(in, j);
        }
        free(t);
    }
    if (!STAILQ_EMPTY(&in->todo))
        describe_soon(in, 0);
}

void intake_describe_later(struct intake *in, const struct job *j)
{
    struct todo *t = malloc(sizeof *t);

    if (t == NULL) {
        log_warn("describe_delayed", "why=no memory");
        return;
    }
    t->job = j->id;
    STAILQ_INSERT_TAIL(&in->todo, t, next);
    describe_soon(in, 0);
}

struct introduced {
    struct intake *in;
    struct id node;
};

static void describe_if_listed(void *arg, struct job *j)
{
    struct introduced *x = arg;

    if (j->listed && !j->confirmed && id_equal(j->origin, x->node))
        intake_describe_later(x->in, j);
}

void intake_introduced(struct intake *in, struct node *node)
{
    struct introduced x = {.in = in, .node = node->peer.node};

    if (index_each(in->opts.index, describe_if_listed, &x) != OK)
        log_warn("describe_delayed", "why=no memory");
}

void intake_gone(struct intake *in, struct id job)
{
    in->gone[in->gone_at] = job;
    in->gone_at = (in->gone_at + 1) % GONE_MAX;
}

static int is_gone(const struct intake *in, struct id job)
{
    if (in->opts.is_closed(in->opts.arg, job))
        return 1;
    for (size_t i = 0; i < GONE_MAX; i++) {
        if (id_equal(in->gone[i], job))
            return 1;
    }
    return 0;
}

static enum err check_header(const struct intake *in, const struct node *node, const uint8_t *file, size_t len,
                             struct job_header *h)
{
    enum err e = header_read(file, len, h);

    if (e != OK)
        return e;
    if (len > DESCRIPTION_FILE_MAX)
        return ERR_LIMIT;
    return id_equal(h->site, in->opts.site) && id_equal(h->node, node->peer.node) ? OK : ERR_REFUSED;
}

/* A new job, or a new description of one. On an error the index is as it was before. */
static enum err take(struct intake *in, struct node *node, struct id id, const uint8_t *file, size_t len,
                     uint64_t sequence)
{
    struct described *d = malloc(sizeof *d);
    struct job *j = NULL;
    const char *person;
    int is_new = index_find(in->opts.index, id) == NULL;
    enum err e = ERR_STATE;

    if (d == NULL)
        goto out;
    if ((e = in->opts.describe(in->opts.arg, file, len, d)) == ERR_REPLAY)
        in->opts.tell_closed(in->opts.arg, id, node->peer.node);
    if (e != OK || (e = person_of(node, d->owner, &person)) != OK)
        goto out;
    e = index_put(in->opts.index, id, node->peer.node, d->number, file, len, &j);
    if (e == ERR_STALE && (j->confirmed || j->description_len != len || memcmp(j->description, file, len) != 0)) {
        e = OK; /* an older one than is known, or another with its number: the first stands */
        goto out;
    }
    if (e != OK && e != ERR_STALE)
        goto out;
    if ((e = index_describe(in->opts.index, j, person, d->owner, &d->ticket)) != OK) {
        if (is_new)
            index_remove(in->opts.index, j);
        goto out;
    }
    j->announced_sequence = sequence;
    if (j->received_boot_ms == 0)
        j->received_boot_ms = clock_boot_ms();
    if (in->opts.store != NULL)
        store_put_job(in->opts.store, j);
    j->listed |= node->synced;
    if (j->listed)
        show(in, j);
out:
    free(d);
    return e == ERR_FULL ? ERR_STATE : e; /* full today is not never */
}

enum err intake_announce(struct intake *in, struct node *node, const uint8_t *file, size_t len, uint64_t sequence)
{
    struct job_header h;
    struct job *j;
    enum err e;

    if ((e = check_header(in, node, file, len, &h)) != OK)
        return e;
    if (!node->introduced)
        return ERR_STATE; /* its hello says whose it is, and is on its way */
    if (is_gone(in, h.job) || (node->synced && sequence <= node->list_sequence))
        return OK;
    j = index_find(in->opts.index, h.job);
    if (j != NULL && j->final_boot_ms != 0)
        return OK;
    if (j != NULL && j->confirmed && j->description_len == len && memcmp(j->description, file, len) == 0)
        return OK;
    return take(in, node, h.job, file, len, sequence);
}
