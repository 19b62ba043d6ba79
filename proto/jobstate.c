/* SPDX-License-Identifier: Apache-2.0 */
/* jobstate: the one table of a job's life, and the names of its states and reasons. */
#include "proto/jobstate.h"

#include "base/log.h"

/* JOB_NONE, 0, is "no such edge". Final states have no row. */
static const enum job_state table[JOB_STATE_COUNT][JOB_EVENT_COUNT] = {
    [JOB_RECEIVING] =
        {
            [EV_UPLOAD_ENDED] = JOB_HELD,
            [EV_CANCELED] = JOB_CANCELED,
        },
    [JOB_HELD] =
        {
            [EV_ORDER_ACCEPTED] = JOB_ORDERED,
            [EV_PRINTED] = JOB_DELIVERED, /* another courier took over: the site's signed `closed` says so */
            [EV_CANCELED] = JOB_CANCELED,
            [EV_EXPIRED] = JOB_EXPIRED,
        },
    [JOB_ORDERED] =
        {
            [EV_FIRST_BYTE] = JOB_DELIVERING,
            [EV_PRINTED] = JOB_DELIVERED, /* after a restart: the printer knows the job by its name */
            [EV_KEPT] = JOB_HELD,         /* in one step, so that no crash comes between delivered and held */
            [EV_NOT_PRINTED] = JOB_FAILED,
            [EV_OUTCOME_LOST] = JOB_UNKNOWN, /* after a restart: the journal has no result */
            [EV_CANCELED] = JOB_CANCELED,
        },
    [JOB_DELIVERING] =
        {
            [EV_PRINTED] = JOB_DELIVERED,
            [EV_KEPT] = JOB_HELD,
            [EV_NOT_PRINTED] = JOB_FAILED,
            [EV_OUTCOME_LOST] = JOB_UNKNOWN,
            [EV_CANCELED] = JOB_CANCELED,
        },
    [JOB_FAILED] =
        {
            [EV_ORDER_ACCEPTED] = JOB_ORDERED,
            [EV_PRINTED] = JOB_DELIVERED, /* as from held */
            [EV_CANCELED] = JOB_CANCELED,
            [EV_EXPIRED] = JOB_EXPIRED,
        },
    [JOB_UNKNOWN] =
        {
            [EV_ORDER_ACCEPTED] = JOB_ORDERED, /* the person decided: once more */
            [EV_PRINTED] = JOB_DELIVERED,      /* the person decided: the paper is there */
            [EV_CANCELED] = JOB_CANCELED,
            [EV_EXPIRED] = JOB_EXPIRED,
        },
};

enum err jobstate_move(enum job_state *state, enum job_event event, const char *job)
{
    enum job_state from = *state, to;

    if ((unsigned)from >= JOB_STATE_COUNT || (unsigned)event >= JOB_EVENT_COUNT)
        return ERR_STATE;
    if ((to = table[from][event]) == JOB_NONE)
        return ERR_STATE;
    *state = to;
    log_info("job_state", "job=%s from=%s to=%s", job, jobstate_name(from), jobstate_name(to));
    return OK;
}

int jobstate_is_final(enum job_state s)
{
    return s == JOB_DELIVERED || s == JOB_CANCELED || s == JOB_EXPIRED;
}

int jobstate_may_order(enum job_state s)
{
    return (unsigned)s < JOB_STATE_COUNT && table[s][EV_ORDER_ACCEPTED] != JOB_NONE;
}

const char *jobstate_name(enum job_state s)
{
    static const char *const names[JOB_STATE_COUNT] = {
        [JOB_NONE] = "none",       [JOB_RECEIVING] = "receiving",   [JOB_HELD] = "held",
        [JOB_ORDERED] = "ordered", [JOB_DELIVERING] = "delivering", [JOB_DELIVERED] = "delivered",
        [JOB_FAILED] = "failed",   [JOB_UNKNOWN] = "unknown",       [JOB_CANCELED] = "canceled",
        [JOB_EXPIRED] = "expired",
    };

    return (unsigned)s < JOB_STATE_COUNT ? names[s] : "invalid";
}

static const struct {
    const char *name, *text;
} reasons[JOB_REASON_COUNT] = {
    [REASON_NONE] = {"none", ""},
    [REASON_PRINTER_UNREACHABLE] = {"printer-unreachable", "The printer could not be reached."},
    [REASON_PRINTER_REFUSED] = {"printer-refused", "The printer refused the job."},
    [REASON_CERTIFICATE_CHANGED] = {"certificate-changed",
                                    "The printer showed another certificate than the one that is trusted, so nothing "
                                    "was sent to it. An administrator can look into it."},
    [REASON_PRINTER_STOPPED] = {"printer-stopped", "The printer has stopped and needs someone to look at it."},
    [REASON_CONNECTION_BROKEN] = {"connection-broken", "The connection to the printer broke while the job was sent."},
    [REASON_ORDER_EXPIRED] = {"order-expired", "The release came too late at the computer that holds the job. "
                                               "Please release it again."},
    [REASON_HELLO_STALE] = {"hello-stale", "The computer that holds the job had just reconnected. Please release the "
                                           "job again."},
    [REASON_FILE_DAMAGED] = {"file-damaged", "The stored job is damaged and cannot be printed. Please print it again "
                                             "from your computer."},
    [REASON_NOT_HELD] = {"not-held", "The job is no longer waiting on the computer that it was printed from."},
    [REASON_CANCELED_AT_PRINTER] = {"canceled-at-printer", "The job was canceled at the printer."},
    [REASON_ABORTED_BY_PRINTER] = {"aborted-by-printer", "The printer gave up the job."},
    [REASON_FORMAT_NOT_SUPPORTED] = {"format-not-supported", "This printer cannot print the job's format."},
    [REASON_RAW_NOT_ALLOWED] = {"raw-not-allowed", "This site does not allow printers without encryption."},
    [REASON_RESTARTED] = {"restarted", "The computer that holds the job restarted while it was being printed."},
    [REASON_ORDER_REFUSED] = {"order-refused", "The computer that holds the job did not accept the release."},
    [REASON_INTERNAL] = {"internal", "Something went wrong on the computer that holds the job."},
    [REASON_KEPT] = {"kept", "The job was printed and stays here, as was asked for."},
};

const char *jobreason_name(enum job_reason r)
{
    return (unsigned)r < JOB_REASON_COUNT ? reasons[r].name : "invalid";
}

const char *jobreason_text(enum job_reason r)
{
    return (unsigned)r < JOB_REASON_COUNT ? reasons[r].text : "";
}
