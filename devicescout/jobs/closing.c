/* SPDX-License-Identifier: Apache-2.0 */
/* closing: each job that ends goes through two steps, the keyholder's record and the origin's acknowledgement. */
#include "devicescout/jobs/closing.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/log.h"

enum step { WANTS_RECORD, WANTS_KEYS, SENT };

struct entry {
    struct closing *closing;
    struct closing_want want;
    enum step step;
    uint8_t record[CLOSED_LEN];
    struct id message; /* while SENT */
    TAILQ_ENTRY(entry) next;
};

struct closing {
    struct closing_opts opts;
    TAILQ_HEAD(, entry) list; /* oldest first */
    size_t count;
    uint64_t timer;
};

enum err closing_new(const struct closing_opts *opts, struct closing **out)
{
    struct closing *c = calloc(1, sizeof *c);

    if (c == NULL)
        return ERR_NOMEM;
    c->opts = *opts;
    TAILQ_INIT(&c->list);
    *out = c;
    return OK;
}

static void entry_free(struct entry *e)
{
    struct closing *c = e->closing;

    if (e->step == SENT)
        c->opts.cancel(c->opts.arg, e->message);
    TAILQ_REMOVE(&c->list, e, next);
    c->count--;
    free(e);
}

void closing_free(struct closing *c)
{
    if (c == NULL)
        return;
    while (!TAILQ_EMPTY(&c->list))
        entry_free(TAILQ_FIRST(&c->list));
    if (c->timer != 0)
        loop_cancel(c->opts.loop, c->timer);
    free(c);
}

static void acknowledged(void *arg, struct id message, enum err result)
{
    struct closing *c = arg;
    struct entry *e;
    char job[ID_HEX_SIZE];

    TAILQ_FOREACH(e, &c->list, next)
    {
        if (e->step == SENT && id_equal(e->message, message))
            break;
    }
    if (e == NULL)
        return;
    log_info("job_closed", "job=%s result=%s", id_text(e->want.job, job), err_name(result));
    e->step = WANTS_KEYS; /* nothing is under way that entry_free() would have to cancel */
    if (c->opts.store != NULL)
        store_drop_closed(c->opts.store, e->want.job);
    entry_free(e);
}

static void send_record(struct entry *e)
{
    struct closing *c = e->closing;
    enum err err = c->opts.send(c->opts.arg, e->want.node, e->record, acknowledged, c, &e->message);

    e->step = err == OK ? SENT : WANTS_KEYS;
}

static void retry(void *arg);

/* Of these the next attempt may be free. */
static int is_passing(enum err e)
{
    return e == ERR_UNREACHABLE || e == ERR_TIMEOUT || e == ERR_LIMIT;
}

/* Returns 0 when the keyholder takes none now; a timer then tries again. On another error the entry is gone. */
static int get_record(struct entry *e)
{
    struct closing *c = e->closing;
    enum err err = c->opts.close(c->opts.arg, &e->want, e->record);
    char job[ID_HEX_SIZE];

    if (is_passing(err)) {
        if (c->timer == 0 && loop_after(c->opts.loop, c->opts.retry_ms, retry, c, &c->timer) != OK)
            log_warn("close_delayed", "why=no memory");
        return 0;
    }
    if (err != OK) {
        log_warn("close_refused", "job=%s why=%s", id_text(e->want.job, job), err_name(err));
        entry_free(e);
        return 1;
    }
    if (c->opts.store != NULL)
        store_put_closed(c->opts.store, e->want.job, e->want.node, e->record);
    send_record(e);
    return 1;
}

static void retry(void *arg)
{
    struct closing *c = arg;
    struct entry *e, *next;

    c->timer = 0;
    for (e = TAILQ_FIRST(&c->list); e != NULL; e = next) {
        next = TAILQ_NEXT(e, next);
        if (e->step == WANTS_RECORD && !get_record(e))
            return; /* the others would be told the same */
    }
}

static struct entry *add(struct closing *c, const struct closing_want *want)
{
    struct entry *e = calloc(1, sizeof *e);

    if (e == NULL)
        return NULL;
    if (c->count >= CLOSING_MAX)
        entry_free(TAILQ_FIRST(&c->list));
    e->closing = c;
    e->want = *want;
    TAILQ_INSERT_TAIL(&c->list, e, next);
    c->count++;
    return e;
}

enum err closing_start(struct closing *c, const struct closing_want *want)
{
    struct entry *e;

    if (closing_has(c, want->job))
        return OK;
    if ((e = add(c, want)) == NULL)
        return ERR_NOMEM;
    get_record(e);
    return OK;
}

void closing_restore(struct closing *c, struct id job, struct id node, const uint8_t record[static CLOSED_LEN])
{
    struct closing_want want = {.job = job, .node = node};
    struct entry *e = add(c, &want);

    if (e == NULL)
        return;
    memcpy(e->record, record, CLOSED_LEN);
    e->step = WANTS_KEYS;
}

int closing_has(const struct closing *c, struct id job)
{
    const struct entry *e;

    TAILQ_FOREACH(e, &c->list, next)
    {
        if (id_equal(e->want.job, job))
            return 1;
    }
    return 0;
}

void closing_node_up(struct closing *c, struct id node)
{
    struct entry *e;

    TAILQ_FOREACH(e, &c->list, next)
    {
        if (e->step == WANTS_KEYS && id_equal(e->want.node, node))
            send_record(e);
    }
}

void closing_node_gone(struct closing *c, struct id node)
{
    struct entry *e, *next;

    for (e = TAILQ_FIRST(&c->list); e != NULL; e = next) {
        next = TAILQ_NEXT(e, next);
        if (e->step == WANTS_RECORD || !id_equal(e->want.node, node))
            continue;
        if (c->opts.store != NULL)
            store_drop_closed(c->opts.store, e->want.job);
        entry_free(e);
    }
}

size_t closing_count(const struct closing *c)
{
    return c->count;
}
