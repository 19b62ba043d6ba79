/* SPDX-License-Identifier: Apache-2.0 */
/* deliveries: see deliveries.h. */
#include "printscout/courier/deliveries.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "printscout/courier/errand.h"
#include "printscout/courier/outcome.h"
#include "printscout/courier/reports.h"
#include "printscout/courier/silent.h"
#include "printscout/courier/site.h"

#define TELL_EVERY_MS 1000 /* reports that are not terminal */

struct delivery {
    struct delivery *next;
    struct courier *c;
    struct job *job;
    struct outcome_order order; /* what its reports and the journal need */
    struct id printer;
    struct errand *errand;
    int running, sent; /* sent: the printer has it all and may take the next */
    uint64_t received_us;
    uint64_t wait_timer, tell_timer, told_ms;
    struct deliver_progress now;
};

static void pump(struct courier *c);

static void tell_now(struct delivery *y)
{
    y->told_ms = clock_boot_ms();
    outcome_tell(y->c, y->job, &y->order, &y->now);
}

static void on_tell_timer(void *arg)
{
    struct delivery *y = arg;

    y->tell_timer = 0;
    tell_now(y);
}

/* At once, or when a second has passed since the last time; what changes meanwhile is told together. */
void deliveries_tell(struct delivery *y)
{
    const uint64_t due_ms = y->told_ms + TELL_EVERY_MS, now_ms = clock_boot_ms();

    if (y->tell_timer != 0)
        return;
    if (y->told_ms == 0 || now_ms >= due_ms)
        tell_now(y);
    else if (loop_after(y->c->loop, due_ms - now_ms, on_tell_timer, y, &y->tell_timer) != OK)
        tell_now(y);
}

/* Take it off the list and free it. Its errand is freed by whoever calls. */
static void forget(struct delivery *y)
{
    struct delivery **at = &y->c->deliveries;

    while (*at != y)
        at = &(*at)->next;
    *at = y->next;
    if (y->wait_timer != 0)
        loop_cancel(y->c->loop, y->wait_timer);
    if (y->tell_timer != 0)
        loop_cancel(y->c->loop, y->tell_timer);
    y->job->delivery = NULL;
    free(y);
}

static void end(struct delivery *y, const struct deliver_outcome *o)
{
    struct courier *c = y->c;
    struct job *j = y->job;
    const struct outcome_order order = y->order;
    const struct deliver_progress now = y->now;
    char hex[ID_HEX_SIZE];

    forget(y);
    if (o->left_at_printer && c->stopping) /* no answer is given: the next start asks the printer */
        log_info("order_left_at_printer", "order=%s", id_text(order.order, hex));
    else
        outcome_settle(c, j, &order, o, &now);
    pump(c);
    if (c->stopping && c->deliveries == NULL)
        loop_stop(c->loop);
}

static void on_end(void *arg, const struct deliver_outcome *outcome, const struct deliver_progress *now, int pjl_silent)
{
    struct delivery *y = arg;

    y->now = *now;
    silent_set(&y->c->silent, y->printer, pjl_silent, clock_boot_ms());
    end(y, outcome);
}

static void on_first_byte(struct delivery *y, uint64_t at_us)
{
    char hex[ID_HEX_SIZE];

    log_info("first_byte", "order=%s us=%" PRIu64, id_text(y->order.order, hex), at_us - y->received_us);
    if (job_move(y->job, EV_FIRST_BYTE) == OK)
        outcome_show(y->c, y->job, &y->order, &y->now);
}

static void on_step(void *arg, enum deliver_step step, uint64_t at_us, const struct deliver_progress *now)
{
    struct delivery *y = arg;
    int reasons_changed = strcmp(y->now.printer_state_reasons, now->printer_state_reasons) != 0;
    enum err e;

    y->now = *now;
    switch (step) {
    case STEP_FIRST_BYTE:
        on_first_byte(y, at_us);
        break;
    case STEP_PROGRESS:
        if (reasons_changed) /* for the queue, which shows why nothing moves */
            outcome_show(y->c, y->job, &y->order, &y->now);
        break;
    case STEP_SENT:
        y->sent = 1;
        if ((e = journal_sent(y->c->journal, y->order.order)) != OK)
            log_warn("journal_not_written", "reason=%s", err_name(e));
        pump(y->c);
        break;
    }
    deliveries_tell(y);
}

static void end_unstarted(struct delivery *y, enum job_reason reason)
{
    errand_free(y->errand);
    y->errand = NULL;
    end(y, &(struct deliver_outcome){.event = EV_NOT_PRINTED, .reason = reason});
}

static void on_waited(void *arg)
{
    struct delivery *y = arg;

    y->wait_timer = 0;
    end_unstarted(y, REASON_ORDER_EXPIRED);
}

/* Nobody before it stands at its printer. */
static int is_free(const struct courier *c, const struct delivery *y)
{
    for (const struct delivery *other = c->deliveries; other != y; other = other->next) {
        if (id_equal(other->printer, y->printer) && !other->sent)
            return 0;
    }
    return 1;
}

/* Start what may start. */
static void pump(struct courier *c)
{
    size_t running = 0;
    struct delivery *next;

    for (const struct delivery *y = c->deliveries; y != NULL; y = y->next)
        running += (size_t)y->running;
    for (struct delivery *y = c->deliveries; y != NULL && running < c->deliveries_max && !c->stopping; y = next) {
        next = y->next;
        if (y->running || !is_free(c, y))
            continue;
        if (errand_start(y->errand) != OK) {
            end_unstarted(y, REASON_INTERNAL); /* pumps again */
            return;
        }
        y->running = 1;
        running++;
        if (y->wait_timer != 0)
            loop_cancel(c->loop, y->wait_timer);
        y->wait_timer = 0;
    }
}

static enum err new_errand(struct delivery *y, const struct delivery_opts *o)
{
    const struct errand_opts opts = {
        .inbox = y->c->inbox,
        .order = o->order,
        .where = o->where,
        .document = o->document,
        .limits = y->c->limits,
        .deadline_boot_ms = o->order->deadline_boot_ms,
        .ask = o->ask,
        .document_was_sent = o->document_was_sent,
        .pjl_silent = silent_is(&y->c->silent, o->order->printer, clock_boot_ms()),
        .on_step = on_step,
        .on_end = on_end,
        .arg = y,
    };

    return errand_new(&opts, &y->errand);
}

enum err deliveries_start(struct courier *c, struct job *j, const struct delivery_opts *opts)
{
    struct delivery *y = calloc(1, sizeof *y), **last = &c->deliveries;
    enum err e = ERR_NOMEM;

    if (y == NULL) {
        document_free(opts->document);
        return e;
    }
    y->c = c;
    y->job = j;
    y->printer = opts->order->printer;
    y->received_us = opts->received_us;
    y->now.impressions = IMPRESSIONS_UNKNOWN;
    outcome_order_of(&y->order, opts->order, opts->where, opts->sha256);
    if ((e = new_errand(y, opts)) != OK) {
        free(y);
        return e;
    }
    while (*last != NULL)
        last = &(*last)->next;
    *last = y;
    j->delivery = y;
    if (loop_after(c->loop, DELIVERIES_WAIT_MS, on_waited, y, &y->wait_timer) != OK)
        log_error("timer_lost", "what=waiting");
    pump(c); /* from here on y may have ended: j->delivery says */
    return OK;
}

void deliveries_stop(struct delivery *y, enum deliver_stop why)
{
    if (y->running)
        errand_stop(y->errand, why);
    else
        end_unstarted(y, why == STOP_CANCELED ? REASON_NONE : REASON_RESTARTED);
}

void deliveries_stop_all(struct courier *c, enum deliver_stop why)
{
    struct delivery *next;

    for (struct delivery *y = c->deliveries; y != NULL; y = next) {
        next = y->next;
        deliveries_stop(y, why);
    }
}
