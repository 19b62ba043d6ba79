/* SPDX-License-Identifier: Apache-2.0 */
/* knowledge: a list of printers, each with its newest answer and at most one question that is out. */
#include "devicescout/printers/knowledge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/workers.h"

#define THREADS      2
#define WAITING_MAX  64
#define PRINTERS_MAX 2000 /* then the one that was wanted longest ago is forgotten */

struct known {
    struct printer printer; /* as registered when it was asked */
    struct abilities abilities;
    int has_answer; /* abilities hold what a printer said, not only that it could not be asked */
    uint64_t answered_boot_ms, tried_boot_ms;
    int asking;
    TAILQ_ENTRY(known) next;
};

struct knowledge {
    struct knowledge_opts opts;
    struct workers *workers;
    TAILQ_HEAD(known_list, known) list; /* wanted last in front */
    size_t count;
    size_t asking; /* questions that are out */
};

struct question { /* on its way to a thread and back */
    struct knowledge *knowledge;
    struct printer printer;
    struct abilities answer;
    enum err e;
};

enum err knowledge_new(const struct knowledge_opts *opts, struct knowledge **out)
{
    struct knowledge *k = calloc(1, sizeof *k);
    enum err e = ERR_NOMEM;

    if (k == NULL)
        return e;
    k->opts = *opts;
    TAILQ_INIT(&k->list);
    if ((e = workers_new(opts->loop, THREADS, WAITING_MAX, &k->workers)) != OK) {
        free(k);
        return e;
    }
    *out = k;
    return OK;
}

static void drop(struct knowledge *k, struct known *x)
{
    TAILQ_REMOVE(&k->list, x, next);
    k->count--;
    free(x);
}

void knowledge_free(struct knowledge *k)
{
    if (k == NULL)
        return;
    workers_free(k->workers);
    while (k->count > 0)
        drop(k, TAILQ_FIRST(&k->list));
    free(k);
}

static struct known *find(struct knowledge *k, struct id printer)
{
    struct known *x;

    TAILQ_FOREACH(x, &k->list, next)
    {
        if (id_equal(x->printer.id, printer))
            return x;
    }
    return NULL;
}

/* A printer that was registered anew, elsewhere or with another key, is another one. */
static struct known *find_or_make(struct knowledge *k, const struct printer *p)
{
    struct known *x = find(k, p->id);

    if (x != NULL && strcmp(x->printer.uri, p->uri) == 0 && memcmp(x->printer.pin, p->pin, PIN_LEN) == 0) {
        TAILQ_REMOVE(&k->list, x, next);
        TAILQ_INSERT_HEAD(&k->list, x, next);
        return x;
    }
    if (x != NULL)
        drop(k, x);
    if (k->count >= PRINTERS_MAX)
        drop(k, TAILQ_LAST(&k->list, known_list));
    if ((x = calloc(1, sizeof *x)) == NULL)
        return NULL;
    x->printer = *p;
    TAILQ_INSERT_HEAD(&k->list, x, next);
    k->count++;
    return x;
}

static void on_thread(void *arg)
{
    struct question *q = arg;

    q->e = q->knowledge->opts.look(&q->printer, &q->answer);
}

static void on_answer(void *arg)
{
    struct question *q = arg;
    struct knowledge *k = q->knowledge;
    struct known *x = find(k, q->printer.id);

    k->asking--;
    if (x != NULL && strcmp(x->printer.uri, q->printer.uri) == 0) {
        struct abilities before = x->abilities;

        x->asking = 0;
        x->answered_boot_ms = clock_boot_ms();
        if (q->e == OK || !x->has_answer) {
            x->abilities = q->answer;
        } else { /* what it can does not change by being switched off */
            x->abilities.problem = q->answer.problem;
            x->abilities.state_reasons[0] = '\0';
        }
        x->has_answer = x->has_answer || q->e == OK;
        if (memcmp(&before, &x->abilities, sizeof before) != 0 && k->opts.changed != NULL)
            k->opts.changed(k->opts.arg, q->printer.id);
    }
    free(q);
}

static void ask(struct knowledge *k, struct known *x)
{
    struct question *q = calloc(1, sizeof *q);

    if (q == NULL)
        return;
    *q = (struct question){.knowledge = k, .printer = x->printer};
    if (workers_submit(k->workers, &(struct work){.run = on_thread, .done = on_answer, .drop = free, .arg = q}) != OK) {
        free(q); /* many wait: the next who wants to know asks again */
        return;
    }
    x->asking = 1;
    k->asking++;
    x->tried_boot_ms = clock_boot_ms();
}

/* Whoever put paper in wants to see it soon. */
static int is_old(const struct knowledge *k, const struct known *x, uint64_t now)
{
    const uint64_t fresh_ms = x->abilities.problem != REASON_NONE ? k->opts.fresh_ms / 10 : k->opts.fresh_ms;

    return x->tried_boot_ms == 0 || now - x->tried_boot_ms >= fresh_ms;
}

const struct abilities *knowledge_of(struct knowledge *k, const struct printer *p)
{
    const uint64_t now = clock_boot_ms();
    struct known *x = find_or_make(k, p);

    if (x == NULL)
        return NULL;
    if (!x->asking && is_old(k, x, now))
        ask(k, x);
    return x->answered_boot_ms != 0 && now - x->answered_boot_ms < k->opts.valid_ms ? &x->abilities : NULL;
}

size_t knowledge_asking(const struct knowledge *k)
{
    return k->asking;
}
