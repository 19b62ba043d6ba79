/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outcome: the order of writing at the end is state file (fsynced), journal, message. A crash between any two is mended
 * by recover.c from what stands before it.
 */
#include "printscout/courier/outcome.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "printscout/courier/announce.h"
#include "printscout/courier/reports.h"
#include "printscout/courier/retire.h"
#include "printscout/courier/site.h"

void outcome_order_of(struct outcome_order *out, const struct order *o, const struct printer_uri *where,
                      const uint8_t sha256[static 32])
{
    out->order = o->order;
    out->job = o->job;
    memcpy(out->sha256, sha256, sizeof out->sha256);
    memcpy(out->printer, where->host, sizeof out->printer);
    out->keep = o->keep != 0;
}

static struct spool_state state_of(const struct outcome_order *o, const struct deliver_progress *now)
{
    struct spool_state s = {.order = o->order, .sent_bytes = now->sent_bytes, .impressions = now->impressions};

    memcpy(s.printer_state_reasons, now->printer_state_reasons, sizeof s.printer_state_reasons);
    memcpy(s.printer, o->printer, sizeof s.printer);
    return s;
}

static struct report report_of(const struct outcome_order *o, enum job_state state, enum job_reason reason,
                               const struct deliver_progress *now)
{
    struct report r = {.order = o->order,
                       .job = o->job,
                       .state = (uint8_t)state,
                       .reason = (uint8_t)reason,
                       .sent_bytes = now->sent_bytes,
                       .impressions = now->impressions};

    memcpy(r.printer_state_reasons, now->printer_state_reasons, sizeof r.printer_state_reasons);
    return r;
}

void outcome_show(struct courier *c, const struct job *j, const struct outcome_order *o,
                  const struct deliver_progress *now)
{
    const struct spool_state s = state_of(o, now);

    if (!j->folder_gone)
        job_save(c->spool, j, &s);
}

void outcome_tell(struct courier *c, const struct job *j, const struct outcome_order *o,
                  const struct deliver_progress *now)
{
    struct report r = report_of(o, j->state, REASON_NONE, now);
    uint8_t bytes[REPORT_MAX_LEN];
    size_t len;
    enum err e;

    if ((e = reports_sign(c, &r, bytes, &len)) != OK) {
        log_error("report_not_signed", "reason=%s", err_name(e));
        return;
    }
    reports_tell(c, bytes, len);
}

static void log_end(const struct outcome_order *o, const struct job *j, const struct deliver_outcome *outcome,
                    const struct deliver_progress *now)
{
    char order[ID_HEX_SIZE], job[ID_HEX_SIZE];

    log_info("order_ended", "order=%s job=%s state=%s reason=%s confirmed=%d sent=%" PRIu64, id_text(o->order, order),
             id_text(o->job, job), jobstate_name(j->state), jobreason_name(outcome->reason), outcome->confirmed,
             now->sent_bytes);
}

/* Sign the terminal report into s, so that it is kept with the state. */
static void sign_terminal(struct courier *c, const struct outcome_order *o, const struct job *j,
                          const struct deliver_outcome *outcome, const struct deliver_progress *now,
                          struct spool_state *s)
{
    struct report r = report_of(o, j->state, outcome->reason, now);
    enum err e;

    r.terminal = 1;
    r.confirmed = outcome->confirmed != 0;
    if ((e = reports_sign(c, &r, s->report, &s->report_len)) != OK)
        log_error("report_not_signed", "reason=%s", err_name(e));
}

/* What the delivery came to is what becomes of the job, unless the order says that the job stays. */
static struct deliver_outcome with_keep(const struct deliver_outcome *outcome, const struct outcome_order *o)
{
    struct deliver_outcome kept = *outcome;

    if (o->keep && kept.event == EV_PRINTED) {
        kept.event = EV_KEPT;
        kept.reason = REASON_KEPT;
    }
    return kept;
}

void outcome_settle(struct courier *c, struct job *j, const struct outcome_order *o,
                    const struct deliver_outcome *delivered, const struct deliver_progress *now)
{
    const struct deliver_outcome kept = with_keep(delivered, o), *outcome = &kept;
    struct spool_state s = state_of(o, now);
    enum err e;

    if ((e = job_move(j, outcome->event)) != OK)
        log_error("job_not_moved", "reason=%s", err_name(e)); /* the table and the deliveries disagree: a bug */
    log_end(o, j, outcome, now);
    j->reason = outcome->reason;
    j->pending = 1;
    sign_terminal(c, o, j, outcome, now, &s);
    if (!j->folder_gone)
        job_save(c->spool, j, &s);
    if ((e = journal_answer(c->journal, o->order, o->sha256, s.report, s.report_len)) != OK)
        log_error("journal_not_written", "reason=%s", err_name(e));
    reports_send(c, o->job, o->order, s.report, s.report_len);
    site_status(c);
    if (j->folder_gone) {
        announce_withdraw(c, j);
        jobs_remove(&c->jobs, j);
    } else if (j->cancel_wanted) {
        j->cancel_wanted = 0;
        retire_cancel(c, j);
    }
}

void outcome_refuse(struct courier *c, const struct outcome_order *o, enum job_state state, enum job_reason reason)
{
    const struct deliver_progress nothing = {.impressions = IMPRESSIONS_UNKNOWN};
    struct report r = report_of(o, state == JOB_NONE ? JOB_FAILED : state, reason, &nothing);
    char order[ID_HEX_SIZE], job[ID_HEX_SIZE];
    uint8_t bytes[REPORT_MAX_LEN];
    size_t len;
    enum err e;

    log_warn("order_refused", "order=%s job=%s reason=%s", id_text(o->order, order), id_text(o->job, job),
             jobreason_name(reason));
    r.terminal = 1;
    if ((e = reports_sign(c, &r, bytes, &len)) != OK) {
        log_error("report_not_signed", "reason=%s", err_name(e));
        return;
    }
    if ((e = journal_answer(c->journal, o->order, o->sha256, bytes, len)) != OK)
        log_error("journal_not_written", "reason=%s", err_name(e));
    reports_send(c, o->job, o->order, bytes, len);
}
