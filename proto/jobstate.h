/* SPDX-License-Identifier: Apache-2.0 */
/* jobstate: the states of a job, the events that move it, and why an attempt ended. One table; PROTOCOL.md, "States".
 */
#ifndef PROTO_JOBSTATE_H
#define PROTO_JOBSTATE_H

#include "base/err.h"

enum job_state {
    JOB_NONE,
    JOB_RECEIVING,
    JOB_HELD,
    JOB_ORDERED,
    JOB_DELIVERING,
    JOB_DELIVERED,
    JOB_FAILED,  /* an attempt ended, no paper came; may be ordered again, like held */
    JOB_UNKNOWN, /* bytes went out, the outcome is not known; the person decides */
    JOB_CANCELED,
    JOB_EXPIRED,
    JOB_STATE_COUNT
};

enum job_event {
    EV_UPLOAD_ENDED,
    EV_ORDER_ACCEPTED,
    EV_FIRST_BYTE,
    EV_PRINTED,
    EV_KEPT,        /* printed, and its person wants it to stay */
    EV_NOT_PRINTED, /* nothing reached paper */
    EV_OUTCOME_LOST,
    EV_CANCELED,
    EV_EXPIRED,
    JOB_EVENT_COUNT
};

/* Values travel in reports and state files; names are what a person's log shows. */
enum job_reason {
    REASON_NONE,
    REASON_PRINTER_UNREACHABLE,
    REASON_PRINTER_REFUSED,
    REASON_CERTIFICATE_CHANGED,
    REASON_PRINTER_STOPPED,
    REASON_CONNECTION_BROKEN,
    REASON_ORDER_EXPIRED,
    REASON_HELLO_STALE,
    REASON_FILE_DAMAGED,
    REASON_NOT_HELD,
    REASON_CANCELED_AT_PRINTER,
    REASON_ABORTED_BY_PRINTER,
    REASON_FORMAT_NOT_SUPPORTED,
    REASON_RAW_NOT_ALLOWED,
    REASON_RESTARTED,
    REASON_ORDER_REFUSED,
    REASON_INTERNAL,
    REASON_KEPT, /* held because the order that printed it said so */
    JOB_REASON_COUNT
};

/*
 * Where does the event lead? *state is moved, and "job_state job=… from=… to=…" is logged.
 *   job     hex id, for the log line
 * ERR_STATE when the table has no such edge; *state is untouched.
 */
MUST_USE enum err jobstate_move(enum job_state *state, enum job_event event, const char *job);

int jobstate_is_final(enum job_state s);       /* delivered, canceled, expired */
int jobstate_may_order(enum job_state s);      /* held, failed, unknown */
const char *jobstate_name(enum job_state s);   /* "held"; static, never NULL */
const char *jobreason_name(enum job_reason r); /* "printer-unreachable" */
const char *jobreason_text(enum job_reason r); /* one sentence for a person at the panel */

#endif
