/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recover: an order in the journal without an answer was under way when we ended. Its state file may hold the answer
 * already; an IPP printer may know the job by the order's id; else the outcome is unknown, and the person decides.
 */
#include "printscout/courier/recover.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "printscout/courier/deliveries.h"
#include "printscout/courier/outcome.h"
#include "printscout/courier/retire.h"

/* The order as far as the journal keeps it: enough to ask its printer. */
static enum err order_from(const struct journal_entry *entry, struct order *o, struct printer_uri *where)
{
    *o = (struct order){.order = entry->order, .job = entry->job, .protocol = entry->protocol, .keep = entry->keep};
    memcpy(o->printer_pin, entry->pin, sizeof o->printer_pin);
    memcpy(o->printer.b, entry->order.b, ID_LEN); /* it waits for no other order */
    o->deadline_boot_ms = clock_boot_ms() + ORDER_START_MS;
    if (entry->uri == NULL || strlen(entry->uri) >= sizeof o->printer_uri)
        return ERR_FORMAT;
    strcpy(o->printer_uri, entry->uri);
    return printer_uri_read(o->printer_uri, (enum delivery_protocol)o->protocol, where);
}

/* The crash came between state file and journal: the answer is there. */
static int has_answer(struct courier *c, const struct job *j, const struct journal_entry *entry)
{
    struct spool_state s;
    enum err e;

    if (!id_equal(j->order, entry->order) || j->state == JOB_ORDERED || j->state == JOB_DELIVERING)
        return 0;
    if (spool_state_read(c->spool, j->id, &s) != OK || s.report_len == 0)
        return 0;
    if ((e = journal_answer(c->journal, entry->order, entry->sha256, s.report, s.report_len)) != OK)
        log_error("journal_not_written", "reason=%s", err_name(e));
    return 1;
}

/* The state file may be older than the journal: the order was accepted, whatever it says. */
static void take_up(struct job *j, struct id order)
{
    j->order = order;
    j->pending = 0;
    if (jobstate_may_order(j->state) && job_move(j, EV_ORDER_ACCEPTED) != OK)
        log_error("job_not_moved", "event=order-accepted");
}

static void lose(struct courier *c, struct job *j, const struct outcome_order *books)
{
    const struct deliver_progress unknown = {.impressions = IMPRESSIONS_UNKNOWN};

    outcome_settle(c, j, books, &(struct deliver_outcome){.event = EV_OUTCOME_LOST, .reason = REASON_RESTARTED},
                   &unknown);
}

static void recover_order(void *arg, const struct journal_entry *entry)
{
    struct courier *c = arg;
    struct job *j = jobs_find(&c->jobs, entry->job);
    struct printer_uri where = {0};
    struct outcome_order books;
    struct order o;
    char hex[ID_HEX_SIZE];
    enum err e;

    if (j != NULL && has_answer(c, j, entry))
        return;
    log_warn("order_found_open", "order=%s", id_text(entry->order, hex));
    e = order_from(entry, &o, &where);
    outcome_order_of(&books, &o, &where, entry->sha256);
    if (j == NULL || jobstate_is_final(j->state)) { /* nothing is left to be decided about, but the site is told */
        outcome_refuse(c, &books, j == NULL ? JOB_UNKNOWN : j->state, REASON_RESTARTED);
        return;
    }
    take_up(j, entry->order);
    if (e == OK && o.protocol == DELIVERY_IPPS)
        e = deliveries_start(c, j,
                             &(struct delivery_opts){.order = &o,
                                                     .sha256 = books.sha256,
                                                     .where = &where,
                                                     .ask = 1,
                                                     .document_was_sent = entry->sent,
                                                     .received_us = clock_mono_us()});
    else
        e = ERR_UNSUPPORTED; /* raw 9100 has nobody to ask */
    if (e != OK)
        lose(c, j, &books);
}

/* On its way by its state file, but not in the journal: that must not be, and is then the same. */
static void recover_job(struct courier *c, struct job *j)
{
    const struct outcome_order books = {.order = j->order, .job = j->id};

    if ((j->state == JOB_ORDERED || j->state == JOB_DELIVERING) && j->delivery == NULL)
        lose(c, j, &books);
}

void recover(struct courier *c)
{
    struct job *next;

    for (struct job *j = c->jobs.first; j != NULL; j = next) {
        next = j->next;
        if (j->pending || jobstate_is_final(j->state))
            retire_again(c, j);
    }
    journal_each_open(c->journal, recover_order, c);
    for (struct job *j = c->jobs.first; j != NULL; j = next) {
        next = j->next;
        recover_job(c, j);
    }
}
