/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deliver_ipp: a document to an IPP printer over TLS. Verify the file, ask the printer what it is, make a job, stream
 * the document into it, and follow it until paper is out. The pinned key is compared on every connection.
 */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "printscout/courier/deliver.h"
#include "printscout/courier/deliver_ipp_end.h"
#include "printscout/courier/ipp_options.h"
#include "printscout/courier/ipp_shape.h"

#define FIRST_PAUSE_MS 50 /* between two tries at a printer that is busy or away; doubles */
#define LAST_PAUSE_MS  1000

struct ipp {
    struct deliver *d;
    struct ipp_http *http, *aside; /* aside: to ask how the printer is while the first one is stuck */
    struct ipp_session session, aside_session;
    ipp_t *printer, *options;
    struct rendition *rendition;
    int job_id;
};

/*
 * Try until it works, is refused for good, or the start deadline has passed: nothing has been sent yet. At least once.
 */
static enum err insist(struct ipp *p, enum err (*step)(struct ipp *p))
{
    int pause_ms = FIRST_PAUSE_MS;
    enum err e;

    while ((e = step(p)) == ERR_UNREACHABLE || e == ERR_FULL || e == ERR_IO) {
        if (clock_boot_ms() + (uint64_t)pause_ms > p->d->deadline_boot_ms)
            return e;
        if (deliver_pause(p->d, pause_ms))
            return ERR_STATE;
        pause_ms = pause_ms * 2 < LAST_PAUSE_MS ? pause_ms * 2 : LAST_PAUSE_MS;
    }
    return e;
}

/* "-error" is what stops paper (RFC 8011 section 5.4.12), also where a printer calls itself idle until there is a job.
 */
static int needs_somebody(ipp_t *printer, const char *reasons)
{
    ipp_attribute_t *state = ippFindAttribute(printer, "printer-state", IPP_TAG_ENUM);

    return (state != NULL && ippGetInteger(state, 0) == IPP_PSTATE_STOPPED) || strstr(reasons, "-error") != NULL;
}

/* What it is, how it is, and whether it takes a job now. One that needs somebody first gets none: the person hears so.
 */
static enum err ask_printer(struct ipp *p)
{
    ipp_attribute_t *accepting;
    char reasons[STATE_REASONS_SIZE];
    enum err e;

    ippDelete(p->printer);
    p->printer = NULL;
    if ((e = ipp_session_printer(&p->session, &p->printer)) != OK)
        return e;
    ipp_session_keywords(ippFindAttribute(p->printer, "printer-state-reasons", IPP_TAG_ZERO), reasons, sizeof reasons);
    deliver_reasons(p->d, reasons);
    if (needs_somebody(p->printer, reasons))
        return ERR_TIMEOUT;
    accepting = ippFindAttribute(p->printer, "printer-is-accepting-jobs", IPP_TAG_BOOLEAN);
    return accepting == NULL || ippGetBoolean(accepting, 0) ? OK : ERR_FULL;
}

static enum err create_job(struct ipp *p)
{
    return ipp_session_create(&p->session, p->options, &p->job_id);
}

static int can(struct ipp *p, ipp_op_t op)
{
    return ippContainsInteger(ippFindAttribute(p->printer, "operations-supported", IPP_TAG_ENUM), op);
}

static enum err read_document(void *arg, uint8_t *out, size_t max, size_t *len)
{
    struct ipp *p = arg;
    const enum err e = rendition_read(p->rendition, out, max, len);

    if (e == OK && *len > 0)
        deliver_sent(p->d, *len);
    return e;
}

/* The upload stands still: say why, as the printer tells it on a second connection. */
static void ask_aside(void *arg)
{
    struct ipp *p = arg;
    char reasons[STATE_REASONS_SIZE];

    if (p->aside == NULL) {
        if (deliver_ipp_connect(p->d, 1000, p->d->stop_fd, &p->aside) != OK)
            return;
        ipp_session_start(&p->aside_session, p->aside, p->d->order);
    }
    if (ipp_session_reasons(&p->aside_session, reasons) == OK)
        deliver_reasons(p->d, reasons);
}

static enum err send_document(struct ipp *p)
{
    const struct ipp_http_body body = {
        .len = rendition_len(p->rendition), .read = read_document, .stalled = ask_aside, .arg = p};
    const char *format = rendition_format(p->rendition);
    enum err e;

    if (!can(p, IPP_OP_CREATE_JOB) || !can(p, IPP_OP_SEND_DOCUMENT))
        return ipp_session_print(&p->session, p->options, format, &body, &p->job_id);
    if ((e = insist(p, create_job)) != OK)
        return e;
    return ipp_session_send(&p->session, p->job_id, format, &body);
}

/* As what it goes out is decided by its first bytes, for the ticket that also says its format is sealed to the site. */
static enum err prepare_document(struct ipp *p)
{
    struct rendition_opts opts;
    enum err e;

    if ((e = ipp_shape_of(p->d, p->printer, p->options, &opts)) != OK)
        return e;
    return rendition_new(&opts, &p->rendition);
}

/* Up to the last byte of the document. */
static enum err hand_over(struct ipp *p)
{
    enum err e;

    if (document_verify(p->d->document, NULL, NULL) != OK)
        return ERR_FORMAT;
    if ((e = deliver_ipp_connect(p->d, p->d->limits.idle_ms, p->d->stop_fd, &p->http)) != OK)
        return e;
    ipp_session_start(&p->session, p->http, p->d->order);
    if ((e = insist(p, ask_printer)) != OK)
        return e;
    if (ipp_options_read(p->d->order, p->printer, &p->options) != OK)
        log_warn("options_unreadable", "order=%s", p->session.job_name); /* the paper comes without them */
    return (e = prepare_document(p)) == OK ? send_document(p) : e;
}

static void finish(struct ipp *p)
{
    rendition_free(p->rendition);
    ippDelete(p->printer);
    ippDelete(p->options);
    ipp_http_free(p->aside);
    ipp_http_free(p->http);
}

void deliver_ipp(struct deliver *d)
{
    struct ipp p = {.d = d};
    enum err e = hand_over(&p);

    if (e == OK) {
        d->step(d, STEP_SENT);
        deliver_ipp_watch(d, &p.session, p.job_id);
    } else {
        log_info("delivery_stopped", "order=%s error=%s sent=%llu", p.session.job_name, err_name(e),
                 (unsigned long long)d->now.sent_bytes);
        ipp_http_free(p.http); /* before the second connection: some printers take one at a time */
        p.http = NULL;
        deliver_ipp_settle(d, p.job_id, deliver_ipp_reason(e));
    }
    finish(&p);
}

void deliver_ipp_ask(struct deliver *d)
{
    struct ipp p = {.d = d};
    enum err e;

    d->now.sent_bytes = 1; /* unknown, and so not none */
    deliver_end(d, EV_OUTCOME_LOST, REASON_RESTARTED);
    if (deliver_ipp_connect(d, d->limits.idle_ms, d->stop_fd, &p.http) != OK)
        return;
    ipp_session_start(&p.session, p.http, d->order);
    e = ipp_session_find(&p.session, &p.job_id);
    if (e == OK && d->document_was_sent)
        deliver_ipp_watch(d, &p.session, p.job_id);
    else if (e == OK)
        deliver_ipp_settle(d, p.job_id, REASON_RESTARTED);
    else if (e == ERR_STATE)
        d->outcome.left_at_printer = 1;
    d->now.sent_bytes = 0;
    finish(&p);
}
