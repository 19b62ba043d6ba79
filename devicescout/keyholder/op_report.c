/* SPDX-License-Identifier: Apache-2.0 */
/* op_report: what became of an order, and closing a job for ever. */
#include <string.h>

#include "base/log.h"
#include "crypto/label.h"
#include "devicescout/keyholder/ask.h"
#include "devicescout/keyholder/facts.h"

/* The report as its node signed it, and the order that it is about. */
static enum err read_report(struct ask *a, const uint8_t *bytes, size_t len, struct report *r,
                            const struct jobs_order **order)
{
    const struct registry_node *n;
    struct id order_id, node;
    enum err e;

    if ((e = report_peek(bytes, len, &order_id, &node)) != OK)
        return ask_refuse(a, e, "not-a-report", "That is not a report.");
    ask_about(a, "order", order_id);
    ask_about(a, "node", node);
    if ((n = registry_node(a->k->registry, node)) == NULL)
        return ask_refuse(a, ERR_NOTFOUND, "node-unknown", "No such node is registered.");
    if (n->revoked)
        return ask_refuse(a, ERR_REFUSED, "node-revoked", "The node is revoked.");
    if ((e = report_read(bytes, len, n->sign_public, r)) != OK)
        return ask_refuse(a, e, "report-does-not-check", "The report is not signed by the node that it names.");
    ask_about(a, "job", r->job);
    if (!id_equal(r->site, a->k->site) || !id_equal(r->node, node))
        return ask_refuse(a, ERR_REFUSED, "other-site", "The report belongs to another site.");
    if (jobs_order(a->k->jobs, r->order, order) != OK)
        return ask_refuse(a, ERR_NOTFOUND, "order-unknown", "No such order was given.");
    if (!id_equal((*order)->node, r->node) || !id_equal((*order)->job, r->job))
        return ask_refuse(a, ERR_REFUSED, "other-order", "The report does not belong to that order.");
    return OK;
}

static int may_be_last(uint8_t state)
{
    return state == JOB_HELD || state == JOB_FAILED || state == JOB_UNKNOWN || facts_closing(state) != 0;
}

/* Printed and kept is a word of an order that allowed it; else a courier could keep any job from being closed. */
static int is_sound_kept(const struct report *r, const struct jobs_order *order)
{
    return r->reason != REASON_KEPT || (r->state == JOB_HELD && order->keep);
}

/* The last word on an order, once. The same word again is no news; another one is refused. */
static enum err take_last(struct ask *a, const struct report *r, const struct jobs_order *order)
{
    const uint8_t closing = facts_closing(r->state);
    uint32_t epoch;
    enum err e;

    if (!may_be_last(r->state))
        return ask_refuse(a, ERR_FORMAT, "not-an-end", "An order does not end in that state.");
    if (!is_sound_kept(r, order))
        return ask_refuse(a, ERR_REFUSED, "not-to-be-kept", "The order did not say that the job is to be kept.");
    if (order->state != 0 && order->state == r->state && order->reason == r->reason)
        return OK;
    if (order->state != 0)
        return ask_refuse(a, ERR_REPLAY, "second-word", "The order has had its last report, with another outcome.");
    if ((e = jobs_epoch(a->k->jobs, r->job, &epoch)) != OK)
        return e;
    if ((e = facts_report(a->k->audit, r, epoch)) != OK || (e = audit_sync(a->k->audit)) != OK)
        return ask_refuse(a, e, "not-recorded", "The report could not be recorded.");
    if ((e = jobs_report(a->k->jobs, r->order, r->state, r->reason)) != OK)
        return e;
    /* Only the first last word counts, so none can be played back to drop a good hello. Where none was shown there is
     * nothing to drop. */
    if (r->reason == REASON_HELLO_STALE && hellos_drop_other(a->k->hellos, r->node, r->hello_public) != OK)
        log_debug("hello_not_dropped", "reason=%s", err_name(ERR_NOTFOUND));
    return closing != 0 ? jobs_close(a->k->jobs, r->job, epoch, closing) : OK;
}

static enum err take_report(struct ask *a, const uint8_t *bytes, size_t len, struct report *r)
{
    const struct jobs_order *order = NULL;
    enum err e;

    if ((e = read_report(a, bytes, len, r, &order)) != OK)
        return e;
    return r->terminal ? take_last(a, r, order) : OK;
}

enum err op_report(struct ask *a)
{
    struct report r;

    return take_report(a, a->body, a->len, &r);
}

struct closing { /* the request */
    struct id job;
    uint8_t reason;
    char person[PERSON_SIZE];
    const uint8_t *report;
    size_t report_len;
};

static enum err read_request(struct ask *a, struct closing *c)
{
    struct rbuf b = rbuf_of(a->body, a->len);

    if (rbuf_id(&b, &c->job) != OK || rbuf_u8(&b, &c->reason) != OK ||
        rbuf_text16(&b, c->person, sizeof c->person) != OK ||
        rbuf_bytes16(&b, REPORT_MAX_LEN, &c->report, &c->report_len) != OK || rbuf_end(&b) != OK ||
        c->reason < CLOSED_DELIVERED || c->reason > CLOSED_EXPIRED)
        return ask_refuse(a, ERR_FORMAT, "not-a-close", "The request is not what its format allows.");
    ask_about(a, "job", c->job);
    return OK;
}

/* The epoch until whose end the id is remembered: the job's own, or the newest there is when that is not known. */
static uint32_t epoch_of(const struct ask *a, struct id job)
{
    const struct bulletin *b = &a->k->registry->bulletin;
    uint32_t epoch;

    if (jobs_epoch(a->k->jobs, job, &epoch) == OK)
        return epoch;
    return b->epochs_len > 0 ? b->epochs[b->epochs_len - 1].number : 0;
}

static enum err close_now(struct ask *a, const struct closing *c)
{
    const uint32_t epoch = epoch_of(a, c->job);
    enum err e;

    if (c->reason == CLOSED_DELIVERED)
        return ask_refuse(a, ERR_REFUSED, "not-delivered", "No courier has reported this job as delivered.");
    if (limits_check(a->k->closes, "", a->now_boot_ms) != OK)
        return ask_refuse(a, ERR_LIMIT, "too-many-closes", "Too many jobs were closed in this minute.");
    if (jobs_is_full(a->k->jobs))
        return ask_refuse(a, ERR_FULL, "jobs-full", "The keyholder remembers as many jobs as it can.");
    if ((e = facts_close(a->k->audit, c->job, epoch, c->reason, c->person)) != OK ||
        (e = audit_sync(a->k->audit)) != OK)
        return ask_refuse(a, e, "not-recorded", "The end of the job could not be recorded.");
    limits_count(a->k->closes, "", a->now_boot_ms);
    return jobs_close(a->k->jobs, c->job, epoch, c->reason);
}

enum err op_close(struct ask *a)
{
    struct closing c;
    struct closed closed = {.site = a->k->site};
    struct report r;
    enum err e;

    if ((e = read_request(a, &c)) != OK)
        return e;
    if (c.report_len > 0 && (e = take_report(a, c.report, c.report_len, &r)) != OK)
        return e;
    /* A job that is closed keeps its first reason: who asks again gets the same record. */
    if (!jobs_is_closed(a->k->jobs, c.job, &closed.reason)) {
        if ((e = close_now(a, &c)) != OK)
            return e;
        closed.reason = c.reason;
    }
    closed.job = c.job;
    if ((e = closed_write(&closed, a->out)) != OK)
        return e;
    return RECORD_SIGN(a->out, LABEL_CLOSED, a->k->site_secret);
}
