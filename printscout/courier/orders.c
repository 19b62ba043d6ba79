/* SPDX-License-Identifier: Apache-2.0 */
/*
 * orders: from message to delivery. On this path there is one fsync, the journal's; whoever released the job stands at
 * the printer.
 */
#include "printscout/courier/orders.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/derive.h"
#include "printscout/courier/accept.h"
#include "printscout/courier/deliveries.h"
#include "printscout/courier/greet.h"
#include "printscout/courier/outcome.h"
#include "printscout/courier/reports.h"
#include "printscout/courier/site.h"

/* No delivery starts later than this after its order came, whatever the order says. */
static uint64_t start_deadline(const struct order *o)
{
    const uint64_t most = clock_boot_ms() + ORDER_START_MS;

    return o->deadline_boot_ms < most ? o->deadline_boot_ms : most;
}

/* It is here already: the answer that it got, or how far it is. */
static void answer_again(struct courier *c, const struct journal_entry *entry, const uint8_t *sha256)
{
    struct job *j = jobs_find(&c->jobs, entry->job);
    char hex[ID_HEX_SIZE];

    if (memcmp(entry->sha256, sha256, sizeof entry->sha256) != 0)
        log_error("order_forked", "order=%s", id_text(entry->order, hex)); /* two orders of one id: the first counts */
    else if (entry->report != NULL && entry->report_len > 0)
        reports_tell(c, entry->report, entry->report_len);
    else if (j != NULL && j->delivery != NULL && id_equal(j->order, entry->order))
        deliveries_tell(j->delivery);
}

static void refuse(struct courier *c, size_t i, const struct outcome_order *o, enum job_state state,
                   enum job_reason reason)
{
    outcome_refuse(c, o, state, reason);
    if (reason == REASON_HELLO_STALE || reason == REASON_ORDER_EXPIRED)
        greet_again(c, i); /* its picture of our key or clock is an old one */
}

/* Accepted: journal, thread, books. The document is the delivery's. */
static enum err deliver(struct courier *c, struct job *j, struct order *o, const struct printer_uri *where,
                        struct document *document, const struct outcome_order *books, uint64_t received_us)
{
    const struct deliver_progress nothing = {.impressions = IMPRESSIONS_UNKNOWN};
    enum err e;

    if ((e = journal_accept(c->journal, o, books->sha256)) != OK) {
        document_free(document);
        return e;
    }
    if ((e = job_move(j, EV_ORDER_ACCEPTED)) != OK)
        log_error("job_not_moved", "reason=%s", err_name(e));
    j->order = o->order;
    j->reason = REASON_NONE;
    j->pending = 0;
    o->deadline_boot_ms = start_deadline(o);
    e = deliveries_start(
        c, j,
        &(struct delivery_opts){
            .order = o, .sha256 = books->sha256, .where = where, .document = document, .received_us = received_us});
    if (e != OK) {
        outcome_settle(c, j, books, &(struct deliver_outcome){.event = EV_NOT_PRINTED, .reason = REASON_INTERNAL},
                       &nothing);
    } else if (j->delivery != NULL) {
        deliveries_tell(j->delivery);
        outcome_show(c, j, books, &nothing);
    }
    return OK;
}

static enum err judge(struct courier *c, size_t i, struct order *o, const uint8_t *sha256, uint64_t received_us)
{
    struct job *j = jobs_find(&c->jobs, o->job);
    const struct accept a = {.node = c->node.node,
                             .raw_allowed = (c->site->bulletin->flags & POLICY_RAW_ALLOWED) != 0,
                             .spool = c->spool,
                             .hello = c->hello,
                             .now_boot_ms = clock_boot_ms(),
                             .job_state = j == NULL ? JOB_NONE : j->state};
    struct printer_uri where = {0};
    struct document *document = NULL;
    struct outcome_order books;
    enum job_reason reason;
    enum err e;

    reason = accept_order(&a, o, &where, &document);
    outcome_order_of(&books, o, &where, sha256);
    if (reason != REASON_NONE) {
        refuse(c, i, &books, a.job_state, reason);
        return OK;
    }
    if ((e = deliver(c, j, o, &where, document, &books, received_us)) != OK) {
        log_error("order_not_journaled", "reason=%s", err_name(e)); /* a full disk; nothing was sent */
        refuse(c, i, &books, a.job_state, REASON_INTERNAL);
    }
    return OK;
}

enum err orders_take(struct courier *c, size_t i, const uint8_t *bytes, size_t len, uint64_t received_us)
{
    struct order *o = malloc(sizeof *o);
    const struct journal_entry *entry;
    uint8_t sha256[32];
    enum err e = ERR_NOMEM;

    if (o == NULL)
        goto out;
    if ((e = order_read(bytes, len, c->node.site_public, o)) != OK) {
        log_warn("order_not_believed", "reason=%s", err_name(e));
        goto out;
    }
    e = ERR_STATE;
    if (c->stopping)
        goto out;
    if ((e = derive_sha256(&(struct piece){bytes, len}, 1, sha256)) != OK)
        goto out;
    if ((entry = journal_find(c->journal, o->order)) != NULL)
        answer_again(c, entry, sha256);
    else
        e = judge(c, i, o, sha256, received_us);
out:
    free(o);
    return e;
}
