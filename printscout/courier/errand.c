/* SPDX-License-Identifier: Apache-2.0 */
/* errand: see errand.h. */
#include "printscout/courier/errand.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define STACK_LEN     ((size_t)512 * 1024) /* curl, TLS and the resolver need a fifth of it */
#define TELL_EVERY_MS 250                  /* bytes alone are told so often; anything else at once */

struct errand {
    struct letter letter; /* first: it comes back as a letter */
    struct errand_opts opts;
    struct order order;
    struct deliver d;
    struct deliver_progress told;
    uint64_t told_ms;
    pthread_t thread;
    atomic_int why;
};

struct step_letter {
    struct letter letter; /* first */
    void (*on_step)(void *arg, enum deliver_step step, uint64_t at_us, const struct deliver_progress *now);
    void *arg;
    enum deliver_step step;
    uint64_t at_us; /* when it happened: the letter may lie a while */
    struct deliver_progress now;
};

static void open_step(struct letter *l)
{
    struct step_letter *s = (struct step_letter *)l;

    s->on_step(s->arg, s->step, s->at_us, &s->now);
    free(s);
}

static void drop_step(struct letter *l)
{
    free(l);
}

static int is_worth_telling(const struct errand *er, uint64_t now_ms)
{
    return er->told.impressions != er->d.now.impressions ||
           strcmp(er->told.printer_state_reasons, er->d.now.printer_state_reasons) != 0 ||
           now_ms - er->told_ms >= TELL_EVERY_MS;
}

static void on_step(struct deliver *d, enum deliver_step step)
{
    struct errand *er = d->arg;
    const uint64_t now_ms = clock_boot_ms();
    struct step_letter *s;

    if (step == STEP_PROGRESS && !is_worth_telling(er, now_ms))
        return;
    if ((s = calloc(1, sizeof *s)) == NULL)
        return; /* the end is told without memory of its own, and says it all */
    *s = (struct step_letter){.letter = {.open = open_step, .drop = drop_step},
                              .on_step = er->opts.on_step,
                              .arg = er->opts.arg,
                              .step = step,
                              .at_us = clock_mono_us(),
                              .now = d->now};
    er->told = d->now;
    er->told_ms = now_ms;
    inbox_put(er->opts.inbox, &s->letter);
}

void errand_free(struct errand *er)
{
    if (er == NULL)
        return;
    document_free(er->d.document);
    if (er->d.stop_fd >= 0)
        close(er->d.stop_fd);
    free(er);
}

static void join_thread(struct errand *er)
{
    if (pthread_join(er->thread, NULL) != 0)
        abort(); /* it is ours, and was not joined yet */
}

static void open_end(struct letter *l)
{
    struct errand *er = (struct errand *)l;

    join_thread(er);
    er->opts.on_end(er->opts.arg, &er->d.outcome, &er->d.now, er->d.pjl_silent);
    errand_free(er);
}

static void drop_end(struct letter *l)
{
    join_thread((struct errand *)l);
    errand_free((struct errand *)l);
}

static void *run(void *arg)
{
    struct errand *er = arg;

    if (er->opts.ask)
        deliver_ipp_ask(&er->d);
    else if (er->order.protocol == DELIVERY_IPPS)
        deliver_ipp(&er->d);
    else
        deliver_raw(&er->d);
    document_free(er->d.document); /* its key goes as soon as it is not needed */
    er->d.document = NULL;
    inbox_put(er->opts.inbox, &er->letter);
    return NULL;
}

enum err errand_new(const struct errand_opts *opts, struct errand **out)
{
    struct errand *er = calloc(1, sizeof *er);
    enum err e = ERR_NOMEM;

    if (er == NULL) {
        document_free(opts->document);
        return e;
    }
    er->letter = (struct letter){.open = open_end, .drop = drop_end};
    er->opts = *opts;
    er->order = *opts->order;
    er->d = (struct deliver){.order = &er->order,
                             .document = opts->document,
                             .where = *opts->where,
                             .limits = opts->limits,
                             .deadline_boot_ms = opts->deadline_boot_ms,
                             .pjl_silent = opts->pjl_silent,
                             .document_was_sent = opts->document_was_sent,
                             .stop_why = &er->why,
                             .step = on_step,
                             .arg = er,
                             .now = {.impressions = IMPRESSIONS_UNKNOWN}};
    er->told = er->d.now;
    er->d.stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    e = ERR_IO;
    if (er->d.stop_fd < 0)
        goto out;
    *out = er; /* the caller owns it now */
    er = NULL;
    e = OK;
out:
    errand_free(er);
    return e;
}

enum err errand_start(struct errand *er)
{
    pthread_attr_t attr;
    int r;

    if (pthread_attr_init(&attr) != 0)
        return ERR_NOMEM;
    r = pthread_attr_setstacksize(&attr, STACK_LEN);
    if (r == 0)
        r = pthread_create(&er->thread, &attr, run, er);
    pthread_attr_destroy(&attr);
    return r == 0 ? OK : ERR_NOMEM;
}

void errand_stop(struct errand *er, enum deliver_stop why)
{
    const uint64_t one = 1;

    atomic_store(&er->why, (int)why);
    if (write(er->d.stop_fd, &one, sizeof one) < 0) {
        /* Only when it was told so 2^64 times before. */
    }
}
