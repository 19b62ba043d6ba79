/* SPDX-License-Identifier: Apache-2.0 */
/* facts: three lines, written and read. */
#include "devicescout/keyholder/facts.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "proto/keyholder.h"

#define EVENT_GRANT  "grant"
#define EVENT_REPORT "report"
#define EVENT_CLOSE  "close"

enum err facts_grant(struct audit *a, const struct fact_grant *g)
{
    const struct order *o = g->order;
    char order[ID_HEX_SIZE], job[ID_HEX_SIZE], node[ID_HEX_SIZE], printer[ID_HEX_SIZE], origin[ID_HEX_SIZE];
    char name[3 * PRINTER_NAME_SIZE], owner[3 * OWNER_MAX_LEN + 1];
    char whose[3 * PERSON_SIZE], person[3 * PERSON_SIZE], delegation[ID_HEX_SIZE] = "-";

    if (g->delegation != NULL)
        id_text(*g->delegation, delegation);
    return audit_add(
        a, EVENT_GRANT,
        "order=%s job=%s epoch=%" PRIu32 " node=%s bar_unix_ms=%" PRIu64
        " printer=%s printer_name=%s origin=%s source=%u by=%s keep=%u owner=%s whose=%s person=%s delegation=%s",
        id_text(o->order, order), id_text(o->job, job), g->epoch, id_text(o->recipient, node), g->bar_unix_ms,
        id_text(o->printer, printer), audit_escape(g->printer_name, name, sizeof name), id_text(g->origin, origin),
        (unsigned)o->source, authentication_name(o->authentication), (unsigned)o->keep,
        audit_escape(g->owner, owner, sizeof owner), audit_escape(g->whose, whose, sizeof whose),
        audit_escape(o->person, person, sizeof person), delegation);
}

/*
 * How long the order still bars another. The line's wall clock may have been wrong, or may be wrong now: never longer
 * than a new order would bar, never less than nothing.
 */
static uint64_t bar_left(const struct facts *f, uint64_t bar_unix_ms)
{
    const uint64_t now = clock_unix_ms();
    const uint64_t left = bar_unix_ms > now ? bar_unix_ms - now : 0;

    return left < f->bar_most_ms ? left : f->bar_most_ms;
}

static enum err replay_grant(const struct facts *f, const struct audit_entry *entry, uint32_t epoch)
{
    struct jobs_order o = {0};
    uint64_t bar, keep;

    if (audit_value_id(entry, "order", &o.order) != OK || audit_value_id(entry, "job", &o.job) != OK ||
        audit_value_id(entry, "node", &o.node) != OK || audit_value_number(entry, "bar_unix_ms", &bar) != OK ||
        audit_value_number(entry, "keep", &keep) != OK || keep > 1)
        return ERR_FORMAT;
    o.keep = (uint8_t)keep;
    o.bar_boot_ms = clock_boot_ms() + bar_left(f, bar);
    return jobs_grant(f->jobs, &o, epoch);
}

static const char *state_word(unsigned state)
{
    return jobstate_name((enum job_state)state);
}

static const char *reason_word(unsigned reason)
{
    return jobreason_name((enum job_reason)reason);
}

/* A job that is closed is in one of three states, and is said to be. */
static const char *closing_word(unsigned closing)
{
    static const enum job_state states[] = {
        [CLOSED_DELIVERED] = JOB_DELIVERED, [CLOSED_CANCELED] = JOB_CANCELED, [CLOSED_EXPIRED] = JOB_EXPIRED};

    return jobstate_name(closing < sizeof states / sizeof *states ? states[closing] : JOB_NONE);
}

/* The number below count that a field's word stands for; lines of old have the number itself. ERR_FORMAT. */
static enum err read_word(const struct audit_entry *entry, const char *key, const char *(*word)(unsigned),
                          unsigned count, uint8_t *out)
{
    char text[AUDIT_EVENT_SIZE];
    uint64_t number;

    if (audit_value(entry, key, text, sizeof text) != OK)
        return ERR_FORMAT;
    if (audit_value_number(entry, key, &number) == OK) {
        *out = (uint8_t)number;
        return number < count ? OK : ERR_FORMAT;
    }
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(text, word(i)) == 0) {
            *out = (uint8_t)i;
            return OK;
        }
    }
    return ERR_FORMAT;
}

enum err facts_report(struct audit *a, const struct report *r, uint32_t epoch)
{
    char order[ID_HEX_SIZE], job[ID_HEX_SIZE], node[ID_HEX_SIZE];

    return audit_add(a, EVENT_REPORT,
                     "order=%s job=%s epoch=%" PRIu32 " node=%s state=%s reason=%s confirmed=%u sent_bytes=%" PRIu64,
                     id_text(r->order, order), id_text(r->job, job), epoch, id_text(r->node, node),
                     state_word(r->state), reason_word(r->reason), (unsigned)r->confirmed, r->sent_bytes);
}

uint8_t facts_closing(uint8_t state)
{
    switch (state) {
    case JOB_DELIVERED:
        return CLOSED_DELIVERED;
    case JOB_CANCELED:
        return CLOSED_CANCELED;
    case JOB_EXPIRED:
        return CLOSED_EXPIRED;
    default:
        return 0;
    }
}

static enum err replay_report(const struct facts *f, const struct audit_entry *entry, uint32_t epoch)
{
    struct id order, job;
    uint8_t state, reason, closing;
    enum err e;

    if (audit_value_id(entry, "order", &order) != OK || audit_value_id(entry, "job", &job) != OK ||
        read_word(entry, "state", state_word, JOB_STATE_COUNT, &state) != OK ||
        read_word(entry, "reason", reason_word, JOB_REASON_COUNT, &reason) != OK)
        return ERR_FORMAT;
    if ((e = jobs_report(f->jobs, order, state, reason)) != OK)
        return e == ERR_NOTFOUND ? ERR_FORMAT : e;
    closing = facts_closing(state);
    return closing != 0 ? jobs_close(f->jobs, job, epoch, closing) : OK;
}

enum err facts_close(struct audit *a, struct id job, uint32_t epoch, uint8_t reason, const char *person)
{
    char text[ID_HEX_SIZE], escaped[3 * PERSON_SIZE];

    return audit_add(a, EVENT_CLOSE, "job=%s epoch=%" PRIu32 " reason=%s person=%s", id_text(job, text), epoch,
                     closing_word(reason), audit_escape(person, escaped, sizeof escaped));
}

static enum err replay_close(const struct facts *f, const struct audit_entry *entry, uint32_t epoch)
{
    struct id job;
    uint8_t reason;

    if (audit_value_id(entry, "job", &job) != OK ||
        read_word(entry, "reason", closing_word, CLOSED_EXPIRED + 1, &reason) != OK || reason < CLOSED_DELIVERED)
        return ERR_FORMAT;
    return jobs_close(f->jobs, job, epoch, reason);
}

enum err facts_replay(void *arg, const struct audit_entry *entry)
{
    static const struct {
        const char *event;
        enum err (*replay)(const struct facts *f, const struct audit_entry *entry, uint32_t epoch);
    } table[] = {{EVENT_GRANT, replay_grant}, {EVENT_REPORT, replay_report}, {EVENT_CLOSE, replay_close}};
    const struct facts *f = arg;

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        uint64_t epoch;

        if (strcmp(entry->event, table[i].event) != 0)
            continue;
        if (audit_value_number(entry, "epoch", &epoch) != OK || epoch > UINT32_MAX)
            return ERR_FORMAT;
        return epoch < f->epoch_from ? OK : table[i].replay(f, entry, (uint32_t)epoch);
    }
    return OK; /* a line for people */
}
