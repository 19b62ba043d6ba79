/* SPDX-License-Identifier: Apache-2.0 */
/* deliver_ipp_end: short polls that grow longer; a person waits at the printer for the first ones. */
#include "printscout/courier/deliver_ipp_end.h"

#include "base/clock.h"
#include "base/log.h"

#define FIRST_POLL_MS  20
#define LAST_POLL_MS   1000
#define SETTLE_MS      4000 /* for all of a cancellation: the courier may be about to stop */
#define SETTLE_IDLE_MS 1500
#define BROKEN_POLLS   5 /* connections in a row that may fail while a job is watched: a printer drops its Wi-Fi */

enum job_reason deliver_ipp_reason(enum err e)
{
    switch (e) {
    case ERR_AUTH:
        return REASON_CERTIFICATE_CHANGED;
    case ERR_UNREACHABLE:
        return REASON_PRINTER_UNREACHABLE;
    case ERR_REFUSED:
    case ERR_FULL:
    case ERR_PEER:
        return REASON_PRINTER_REFUSED;
    case ERR_UNSUPPORTED:
        return REASON_FORMAT_NOT_SUPPORTED;
    case ERR_STATE:
        return REASON_RESTARTED;
    case ERR_TIMEOUT:
        return REASON_PRINTER_STOPPED;
    case ERR_FORMAT:
        return REASON_FILE_DAMAGED;
    case ERR_NOMEM:
        return REASON_INTERNAL;
    default:
        return REASON_CONNECTION_BROKEN;
    }
}

enum err deliver_ipp_connect(const struct deliver *d, uint32_t idle_ms, int stop_fd, struct ipp_http **out)
{
    return ipp_http_new(&(struct ipp_http_opts){.where = &d->where,
                                                .pin = d->order->printer_pin,
                                                .connect_ms = d->limits.connect_ms,
                                                .idle_ms = idle_ms,
                                                .stop_fd = stop_fd},
                        out);
}

static int has_ended(const struct ipp_job *j)
{
    return j->state >= IPP_JSTATE_CANCELED;
}

/* What the last state of the printer's job means. sent_all: it had the whole document. */
static void judge(struct deliver *d, const struct ipp_job *j, int sent_all, enum job_reason reason)
{
    int no_paper = j->impressions == 0 && j->sheets <= 0;

    deliver_impressions(d, j->impressions);
    if (j->state == IPP_JSTATE_COMPLETED && sent_all) {
        d->outcome.confirmed = 1;
        deliver_end(d, EV_PRINTED, REASON_NONE);
    } else if (j->state == IPP_JSTATE_COMPLETED) {
        deliver_end(d, EV_OUTCOME_LOST, reason); /* some printers call half a document complete */
    } else {
        if (reason == REASON_NONE)
            reason = j->state == IPP_JSTATE_CANCELED ? REASON_CANCELED_AT_PRINTER : REASON_ABORTED_BY_PRINTER;
        /* A printer that counts, and counted nothing, printed nothing; one that does not count may have. */
        deliver_end(d, has_ended(j) && no_paper ? EV_NOT_PRINTED : EV_OUTCOME_LOST, reason);
    }
}

static void settle_over(struct deliver *d, struct ipp_session *s, int job_id, enum job_reason reason)
{
    const uint64_t until = clock_boot_ms() + SETTLE_MS;
    struct ipp_job j;
    int pause_ms = FIRST_POLL_MS;

    if (job_id <= 0 && ipp_session_find(s, &job_id) != OK)
        return;
    if (ipp_session_cancel(s, job_id) != OK)
        log_info("printer_keeps_job", "order=%s", s->job_name); /* it may have ended by itself: the state tells */
    while (ipp_session_job(s, job_id, &j) == OK) {
        if (has_ended(&j)) {
            judge(d, &j, 0, reason);
            return;
        }
        if (clock_boot_ms() + (uint64_t)pause_ms > until)
            return;
        if (deliver_pause(&(struct deliver){.stop_fd = -1}, pause_ms))
            return;
        pause_ms = pause_ms * 2 < LAST_POLL_MS ? pause_ms * 2 : LAST_POLL_MS;
    }
}

void deliver_ipp_settle(struct deliver *d, int job_id, enum job_reason reason)
{
    struct ipp_http *http = NULL;
    struct ipp_session s;

    deliver_break(d, reason); /* what stands if the printer cannot be asked */
    if (d->now.sent_bytes == 0 && job_id <= 0)
        return; /* nothing is there to take back */
    if (deliver_ipp_connect(d, SETTLE_IDLE_MS, -1, &http) != OK)
        return;
    ipp_session_start(&s, http, d->order);
    settle_over(d, &s, job_id, reason);
    if (d->now.sent_bytes == 0)
        deliver_end(d, EV_NOT_PRINTED, reason); /* a job without a document prints nothing */
    ipp_http_free(http);
}

/* One look at the job. ERR_TIMEOUT: it has not moved for too long. */
struct watch {
    struct ipp_job job;
    uint64_t moved_ms;
    int broken; /* looks in a row that failed */
};

static int same(const struct ipp_job *a, const struct ipp_job *b)
{
    return a->state == b->state && a->impressions == b->impressions && a->sheets == b->sheets;
}

static enum err look(struct deliver *d, struct ipp_session *s, int job_id, struct watch *w)
{
    const uint64_t now = clock_boot_ms();
    char reasons[STATE_REASONS_SIZE];
    struct ipp_job j;
    enum err e = ipp_session_job(s, job_id, &j);

    if (e != OK) {
        int for_good = e == ERR_STATE || e == ERR_AUTH || e == ERR_NOTFOUND || ++w->broken >= BROKEN_POLLS;

        return for_good ? e : OK;
    }
    w->broken = 0;
    if (!same(&j, &w->job))
        w->moved_ms = now;
    w->job = j;
    deliver_impressions(d, j.impressions);
    if (has_ended(&j))
        return OK;
    if (j.state == IPP_JSTATE_STOPPED || now - w->moved_ms > LAST_POLL_MS) {
        if (ipp_session_reasons(s, reasons) == OK)
            deliver_reasons(d, reasons);
    }
    return now - w->moved_ms < d->limits.idle_ms ? OK : ERR_TIMEOUT;
}

void deliver_ipp_watch(struct deliver *d, struct ipp_session *s, int job_id)
{
    struct watch w = {.moved_ms = clock_boot_ms()};
    int pause_ms = FIRST_POLL_MS;
    enum err e;

    while ((e = look(d, s, job_id, &w)) == OK && !has_ended(&w.job)) {
        if (deliver_pause(d, pause_ms)) {
            e = ERR_STATE;
            break;
        }
        pause_ms = pause_ms * 2 < LAST_POLL_MS ? pause_ms * 2 : LAST_POLL_MS;
    }
    switch (e) {
    case OK:
        deliver_reasons(d, "");
        judge(d, &w.job, 1, REASON_NONE);
        return;
    case ERR_TIMEOUT: /* it waits for paper, or for somebody: taken back, so that it does not print when nobody waits */
        deliver_ipp_settle(d, job_id, REASON_PRINTER_STOPPED);
        return;
    case ERR_STATE:
        if (atomic_load(d->stop_why) == STOP_CANCELED) {
            deliver_ipp_settle(d, job_id, REASON_NONE);
            return;
        }
        d->outcome.left_at_printer = 1;
        deliver_end(d, EV_OUTCOME_LOST, REASON_RESTARTED);
        return;
    default:
        deliver_end(d, EV_OUTCOME_LOST, e == ERR_NOTFOUND ? REASON_NONE : deliver_ipp_reason(e));
    }
}
