/* SPDX-License-Identifier: Apache-2.0 */
/* progress: a report names the state after it; the events in between are found here. */
#include "devicescout/jobs/progress.h"

#include <stdio.h>
#include <string.h>

/* The events that lead to a state, the last one last. What the table refuses is skipped but for the last. */
struct way {
    enum job_event events[3];
    size_t len;
};
static const struct way ways[JOB_STATE_COUNT] = {
    [JOB_ORDERED] = {{EV_ORDER_ACCEPTED}, 1},
    [JOB_DELIVERING] = {{EV_ORDER_ACCEPTED, EV_FIRST_BYTE}, 2},
    [JOB_DELIVERED] = {{EV_ORDER_ACCEPTED, EV_FIRST_BYTE, EV_PRINTED}, 3},
    [JOB_FAILED] = {{EV_ORDER_ACCEPTED, EV_NOT_PRINTED}, 2},
    [JOB_UNKNOWN] = {{EV_ORDER_ACCEPTED, EV_OUTCOME_LOST}, 2},
    [JOB_CANCELED] = {{EV_CANCELED}, 1},
    [JOB_EXPIRED] = {{EV_EXPIRED}, 1},
};
static const struct way to_kept = {{EV_ORDER_ACCEPTED, EV_FIRST_BYTE, EV_KEPT}, 3};

static enum err walk(struct job *j, const struct way *way)
{
    char text[ID_HEX_SIZE];
    enum job_state state = j->state;
    enum err e = ERR_STATE;

    id_text(j->id, text);
    for (size_t i = 0; i < way->len; i++)
        e = jobstate_move(&state, way->events[i], text);
    if (e == OK)
        j->state = state;
    return e;
}

static enum err follow(struct job *j, enum job_state target)
{
    const enum job_state state = j->state;

    if (state == target || (target == JOB_HELD && jobstate_may_order(state)))
        return OK;
    if (target == JOB_HELD)
        target = JOB_FAILED; /* an attempt that left it held: the same to a person */
    if ((unsigned)target >= JOB_STATE_COUNT)
        return ERR_STATE;
    return walk(j, &ways[target]);
}

/* Printed, and held again. */
static int is_kept(const struct report *r)
{
    return r->terminal && r->state == JOB_HELD && r->reason == REASON_KEPT;
}

enum err progress_take(struct job *j, const struct report *r, uint64_t now_boot_ms)
{
    int newest = id_equal(j->order, r->order);
    enum err e;

    if (j->final_boot_ms != 0 || jobstate_is_final(j->state))
        return ERR_STALE;
    /* An old order's failure is no news, but paper is paper, whichever order brought it. */
    if (!newest && !id_is_zero(j->order) && !(r->terminal && r->state == JOB_DELIVERED))
        return ERR_STALE;
    if (newest && j->order_ended)
        return ERR_STALE;
    if (j->note == NOTE_TURN_OVER && !r->terminal) /* it had its turn; only an end is news */
        return ERR_STALE;
    if ((e = is_kept(r) ? walk(j, &to_kept) : follow(j, (enum job_state)r->state)) != OK)
        return e;
    j->order = r->order;
    j->order_ended = r->terminal != 0;
    j->waiting = 0;
    j->note = NOTE_NONE;
    j->reason = (enum job_reason)r->reason;
    j->confirmed_by_printer = r->confirmed != 0;
    j->sent_bytes = r->sent_bytes;
    j->impressions = r->impressions;
    snprintf(j->printer_reasons, sizeof j->printer_reasons, "%s", r->printer_state_reasons);
    if (jobstate_is_final(j->state))
        j->final_boot_ms = now_boot_ms;
    return OK;
}

void progress_lost(struct job *j, enum job_note note)
{
    if (follow(j, JOB_UNKNOWN) == OK)
        j->note = note;
}

int progress_blames_printer(enum job_reason r)
{
    switch (r) {
    case REASON_PRINTER_UNREACHABLE:
    case REASON_CERTIFICATE_CHANGED:
    case REASON_PRINTER_STOPPED:
    case REASON_RAW_NOT_ALLOWED:
        return 1;
    default:
        return 0;
    }
}

const char *job_note_name(enum job_note n)
{
    static const char *const names[NOTE_COUNT] = {
        [NOTE_NONE] = "none",           [NOTE_COMPUTER_OFF] = "computer-off", [NOTE_BUSY] = "busy",
        [NOTE_TOO_MANY] = "too-many",   [NOTE_REFUSED] = "refused",           [NOTE_NO_KEYHOLDER] = "no-keyholder",
        [NOTE_NOT_TRIED] = "not-tried", [NOTE_TURN_OVER] = "turn-over",
    };

    return (unsigned)n < NOTE_COUNT ? names[n] : "invalid";
}
