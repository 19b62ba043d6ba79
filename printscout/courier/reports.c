/* SPDX-License-Identifier: Apache-2.0 */
/* reports: see reports.h. */
#include "printscout/courier/reports.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "crypto/label.h"
#include "printscout/courier/retire.h"
#include "printscout/courier/site.h"

struct pending_report {
    struct pending_report *next;
    struct courier *c;
    struct id job, order;
    struct id messages[BULLETIN_SCOUTS_MAX];
    size_t count;
};

enum err reports_sign(const struct courier *c, struct report *r, uint8_t *out, size_t *len)
{
    struct wbuf b = wbuf_of(out, REPORT_MAX_LEN);
    enum err e;

    r->site = c->site->bulletin->site;
    r->node = c->node.node;
    memcpy(r->hello_public, hello_keys_public(c->hello), KEY_LEN);
    if ((e = report_write(r, &b)) != OK || (e = RECORD_SIGN(&b, LABEL_REPORT, c->keys->sign_secret)) != OK)
        return e;
    *len = b.len;
    return OK;
}

void reports_tell(struct courier *c, const uint8_t *report, size_t len)
{
    for (size_t i = 0; i < site_scouts(c); i++) {
        const struct link_peer to = site_scout(c, i);
        enum err e = link_send(c->link, &to, MSG_REPORT, report, len, NULL, NULL, NULL);

        if (e != OK)
            log_warn("report_not_sent", "reason=%s", err_name(e));
    }
}

static void forget(struct pending_report *p)
{
    struct pending_report **at = &p->c->reports;

    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    free(p);
}

/* One device scout knows: that is enough for the job. The others are told until they know, or until a restart. */
static void on_ack(void *arg, struct id message, enum err result)
{
    struct pending_report *p = arg;
    struct courier *c = p->c;
    const struct id job = p->job, order = p->order;
    char hex[ID_HEX_SIZE];

    if (result != OK)
        log_warn("report_refused", "order=%s reason=%s", id_text(order, hex), err_name(result));
    for (size_t i = 0; i < p->count; i++) {
        if (id_equal(p->messages[i], message))
            p->messages[i] = p->messages[--p->count];
    }
    if (p->count == 0)
        forget(p);
    retire_reported(c, job, order);
}

void reports_send(struct courier *c, struct id job, struct id order, const uint8_t *report, size_t len)
{
    struct pending_report *p = calloc(1, sizeof *p);

    if (p == NULL) {
        log_error("report_not_sent", "reason=%s", err_name(ERR_NOMEM)); /* sent after the next restart */
        return;
    }
    *p = (struct pending_report){.next = c->reports, .c = c, .job = job, .order = order};
    c->reports = p;
    for (size_t i = 0; i < site_scouts(c); i++) {
        const struct link_peer to = site_scout(c, i);
        enum err e = link_send(c->link, &to, MSG_REPORT, report, len, on_ack, p, &p->messages[p->count]);

        if (e == OK)
            p->count++;
        else
            log_error("report_not_sent", "reason=%s", err_name(e));
    }
    if (p->count == 0)
        forget(p);
}

void reports_send_last(struct courier *c, size_t i)
{
    const struct link_peer to = site_scout(c, i);
    struct spool_state s;
    enum err e;

    for (const struct job *j = c->jobs.first; j != NULL; j = j->next) {
        if (j->state != JOB_FAILED && j->state != JOB_UNKNOWN && j->reason != REASON_KEPT)
            continue;
        if (spool_state_read(c->spool, j->id, &s) != OK || s.report_len == 0)
            continue;
        if ((e = link_send(c->link, &to, MSG_REPORT, s.report, s.report_len, NULL, NULL, NULL)) != OK)
            log_warn("report_not_sent", "reason=%s", err_name(e));
    }
}

void reports_withdraw(struct courier *c, struct id job)
{
    struct pending_report *next;

    for (struct pending_report *p = c->reports; p != NULL; p = next) {
        next = p->next;
        if (!id_equal(p->job, job))
            continue;
        for (size_t i = 0; i < p->count; i++)
            link_cancel(c->link, p->messages[i]);
        forget(p);
    }
}

void reports_end(struct courier *c)
{
    struct pending_report *next;

    for (struct pending_report *p = c->reports; p != NULL; p = next) {
        next = p->next;
        free(p);
    }
    c->reports = NULL;
}
