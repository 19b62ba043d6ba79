/* SPDX-License-Identifier: Apache-2.0 */
/*
 * releases: a line before each printer. The first in line goes through grant, order, first report, last report; each
 * wait has a timer, and whatever ends it lets the next one start.
 */
#include "devicescout/jobs/releases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/log.h"
#include "devicescout/jobs/progress.h"

#define WAITING_MAX 20000 /* in all lines */

enum phase { IN_LINE, WANTS_HELLO, SENT, RUNNING };

struct release {
    struct job *job;
    struct line *line;
    char person[PERSON_SIZE];
    uint8_t authentication;
    struct options options;
    enum phase phase;
    int tried_again;   /* after a stale hello; once is enough */
    struct id message; /* the order's, while it is sent */
    uint64_t timer;
    TAILQ_ENTRY(release) next;
};
TAILQ_HEAD(release_list, release);

struct line { /* before one printer; stays as long as the program runs, so there are as many as printers */
    struct releases *releases;
    struct id printer;
    char name[PRINTER_NAME_SIZE];
    struct release_list list;
    int starting; /* start_next() is at work: it sees what is added */
    LIST_ENTRY(line) next;
};

struct releases {
    struct releases_opts opts;
    LIST_HEAD(, line) lines;
    size_t count;
};

static void start_next(struct line *line);

enum err releases_new(const struct releases_opts *opts, struct releases **out)
{
    struct releases *r = calloc(1, sizeof *r);

    if (r == NULL)
        return ERR_NOMEM;
    r->opts = *opts;
    LIST_INIT(&r->lines);
    *out = r;
    return OK;
}

static void stop_timer(struct release *x)
{
    if (x->timer != 0)
        loop_cancel(x->line->releases->opts.loop, x->timer);
    x->timer = 0;
}

static void release_free(struct release *x)
{
    stop_timer(x);
    TAILQ_REMOVE(&x->line->list, x, next);
    x->line->releases->count--;
    free(x);
}

void releases_free(struct releases *r)
{
    struct line *line;

    if (r == NULL)
        return;
    while ((line = LIST_FIRST(&r->lines)) != NULL) {
        while (!TAILQ_EMPTY(&line->list))
            release_free(TAILQ_FIRST(&line->list));
        LIST_REMOVE(line, next);
        free(line);
    }
    free(r);
}

/* The release is over without paper, and the job as held as before. */
static void give_up(struct release *x, enum job_note note, enum job_reason reason)
{
    struct releases *r = x->line->releases;
    struct job *j = x->job;
    char job[ID_HEX_SIZE];

    log_info("release_ended", "job=%s note=%s reason=%s", id_text(j->id, job), job_note_name(note),
             jobreason_name(reason));
    j->waiting = 0;
    j->note = note;
    j->reason = reason;
    release_free(x);
    r->opts.changed(r->opts.arg, j);
}

/* What stopped this one stops the others of the same person too: those that it holds for stay held, untried. */
static void give_up_like(struct line *line, const char *person, const struct id *origin, enum job_note note,
                         enum job_reason reason)
{
    struct release *x, *next;

    for (x = TAILQ_FIRST(&line->list); x != NULL; x = next) {
        next = TAILQ_NEXT(x, next);
        if (x->phase == IN_LINE && strcmp(x->person, person) == 0 &&
            (origin == NULL || id_equal(x->job->origin, *origin)))
            give_up(x, note, reason);
    }
}

static void computer_is_off(struct release *x)
{
    struct line *line = x->line;
    struct id origin = x->job->origin;
    char person[PERSON_SIZE];

    memcpy(person, x->person, sizeof person);
    give_up(x, NOTE_COMPUTER_OFF, REASON_NONE);
    give_up_like(line, person, &origin, NOTE_COMPUTER_OFF, REASON_NONE);
    start_next(line);
}

static void waited_too_long(void *arg)
{
    struct release *x = arg;
    struct releases *r = x->line->releases;
    struct line *line = x->line;
    struct job *j = x->job;

    x->timer = 0;
    if (x->phase == SENT)
        r->opts.cancel(r->opts.arg, x->message);
    if (x->phase != RUNNING) {
        computer_is_off(x);
        return;
    }
    progress_lost(j);
    release_free(x);
    r->opts.changed(r->opts.arg, j);
    start_next(line);
}

/* Without a timer a lost answer would hold up the printer's line, so no memory for one ends the release. */
static enum err wait_for(struct release *x, enum phase phase, uint64_t ms)
{
    stop_timer(x);
    x->phase = phase;
    return loop_after(x->line->releases->opts.loop, ms, waited_too_long, x, &x->timer);
}

static enum job_note note_of(enum err e)
{
    switch (e) {
    case ERR_LIMIT:
        return NOTE_TOO_MANY;
    case ERR_STATE:
    case ERR_EXISTS:
        return NOTE_BUSY;
    case ERR_UNREACHABLE:
    case ERR_TIMEOUT:
        return NOTE_NO_KEYHOLDER;
    default:
        return NOTE_REFUSED;
    }
}

/* Grant and order, in one go: this is the path from the person's touch to the paper. */
static enum err order(struct release *x)
{
    struct releases *r = x->line->releases;
    struct job *j = x->job;
    uint8_t options[OPTIONS_MAX_LEN], bytes[ORDER_MAX_LEN];
    struct wbuf merged = wbuf_of(options, sizeof options);
    struct grant g = {.description = j->description,
                      .description_len = j->description_len,
                      .authentication = x->authentication,
                      .recipient = j->origin,
                      .printer = x->line->printer,
                      .source = SOURCE_SPOOL,
                      .options = options};
    size_t len;
    enum err e;

    if ((e = options_merge(&x->options, j->ipp, j->ipp_len, &merged)) != OK)
        return e;
    g.options_len = merged.len;
    snprintf(g.owner, sizeof g.owner, "%s", j->owner);
    snprintf(g.person, sizeof g.person, "%s", x->person);
    if ((e = r->opts.grant(r->opts.arg, &g, bytes, &len, &j->order)) != OK)
        return e;
    j->order_ended = 0;
    if ((e = r->opts.send(r->opts.arg, j->origin, bytes, len, &x->message)) != OK)
        return e;
    if ((e = wait_for(x, SENT, r->opts.answer_ms)) != OK)
        r->opts.cancel(r->opts.arg, x->message);
    return e;
}

static enum err start(struct release *x)
{
    struct releases *r = x->line->releases;
    enum err e = order(x);

    if (e != ERR_STALE)
        return e;
    if (x->tried_again)
        return ERR_REFUSED;
    x->tried_again = 1;
    if ((e = wait_for(x, WANTS_HELLO, r->opts.hello_ms)) == OK)
        r->opts.ask_hello(r->opts.arg, x->job->origin);
    return e;
}

static void start_next(struct line *line)
{
    struct release *x;
    enum err e;

    if (line->starting)
        return;
    line->starting = 1;
    while ((x = TAILQ_FIRST(&line->list)) != NULL && x->phase == IN_LINE) {
        if ((e = start(x)) != OK)
            give_up(x, note_of(e), REASON_NONE);
    }
    line->starting = 0;
}

static struct line *find_line(const struct releases *r, struct id printer)
{
    struct line *line;

    LIST_FOREACH(line, &r->lines, next)
    {
        if (id_equal(line->printer, printer))
            return line;
    }
    return NULL;
}

static struct line *find_or_make_line(struct releases *r, const struct printer *p)
{
    struct line *line = find_line(r, p->id);

    if (line == NULL) {
        if ((line = calloc(1, sizeof *line)) == NULL)
            return NULL;
        line->releases = r;
        line->printer = p->id;
        TAILQ_INIT(&line->list);
        LIST_INSERT_HEAD(&r->lines, line, next);
    }
    snprintf(line->name, sizeof line->name, "%s", p->name);
    return line;
}

static struct release *find_release(const struct releases *r, const struct job *j)
{
    struct line *line;
    struct release *x;

    LIST_FOREACH(line, &r->lines, next)
    {
        TAILQ_FOREACH(x, &line->list, next)
        {
            if (x->job == j)
                return x;
        }
    }
    return NULL;
}

enum err releases_ask(struct releases *r, const struct release_ask *ask)
{
    struct job *j = ask->job;
    struct line *line;
    struct release *x;

    if (!j->confirmed || !jobstate_may_order(j->state) || j->person == NULL || find_release(r, j) != NULL)
        return ERR_STATE;
    if (r->count >= WAITING_MAX)
        return ERR_FULL;
    if ((line = find_or_make_line(r, ask->printer)) == NULL || (x = calloc(1, sizeof *x)) == NULL)
        return ERR_NOMEM;
    x->job = j;
    x->line = line;
    x->authentication = ask->authentication;
    x->options = *ask->options;
    snprintf(x->person, sizeof x->person, "%s", ask->person);
    TAILQ_INSERT_TAIL(&line->list, x, next);
    r->count++;
    j->waiting = 1;
    j->note = NOTE_NONE;
    j->reason = REASON_NONE;
    snprintf(j->printer, sizeof j->printer, "%s", line->name);
    start_next(line);
    r->opts.changed(r->opts.arg, j);
    return OK;
}

enum err releases_withdraw(struct releases *r, struct job *j)
{
    struct release *x = find_release(r, j);

    if (x == NULL)
        return ERR_NOTFOUND;
    if (x->phase != IN_LINE)
        return ERR_STATE;
    j->waiting = 0;
    release_free(x);
    return OK;
}

void releases_hello(struct releases *r, struct id node)
{
    struct line *line;

    LIST_FOREACH(line, &r->lines, next)
    {
        struct release *x = TAILQ_FIRST(&line->list);

        if (x != NULL && x->phase == WANTS_HELLO && id_equal(x->job->origin, node)) {
            stop_timer(x);
            x->phase = IN_LINE;
            start_next(line);
        }
    }
}

/* The first report is the order's acknowledgement; from now on only silence ends the wait. */
static void heard(struct release *x)
{
    struct releases *r = x->line->releases;

    if (x->phase == SENT)
        r->opts.cancel(r->opts.arg, x->message);
    if (wait_for(x, RUNNING, r->opts.silence_ms) != OK)
        log_warn("release_unwatched", "why=no memory");
}

/* The order met a courier that had said hello anew meanwhile: the keyholder knows its key now, so once more. */
static int again(struct release *x, const struct report *report)
{
    if (report->reason != REASON_HELLO_STALE || x->tried_again)
        return 0;
    x->tried_again = 1;
    stop_timer(x);
    x->phase = IN_LINE;
    x->job->waiting = 1;
    return 1;
}

static void ended(struct release *x, const struct report *report)
{
    struct line *line = x->line;
    char person[PERSON_SIZE];

    if (!again(x, report)) {
        memcpy(person, x->person, sizeof person);
        release_free(x);
        if (report->state != JOB_DELIVERED && progress_blames_printer((enum job_reason)report->reason))
            give_up_like(line, person, NULL, NOTE_NOT_TRIED, (enum job_reason)report->reason);
    }
    start_next(line);
}

int releases_report(struct releases *r, const struct report *report)
{
    struct job *j = index_find(r->opts.index, report->job);
    struct release *x;
    int newest;
    char text[ID_HEX_SIZE];
    enum err e;

    if (j == NULL)
        return 0;
    newest = id_equal(j->order, report->order);
    x = find_release(r, j);
    if ((e = progress_take(j, report, clock_boot_ms())) != OK) {
        if (e == ERR_STATE)
            log_warn("report_unfit", "job=%s state=%s report=%s", id_text(j->id, text), jobstate_name(j->state),
                     jobstate_name((enum job_state)report->state));
        return 0;
    }
    if (x != NULL && (newest || report->terminal)) {
        heard(x);
        if (report->terminal)
            ended(x, report);
    }
    r->opts.changed(r->opts.arg, j);
    return report->terminal && j->state == JOB_DELIVERED;
}

void releases_order_refused(struct releases *r, struct id message)
{
    struct line *line;

    LIST_FOREACH(line, &r->lines, next)
    {
        struct release *x = TAILQ_FIRST(&line->list);

        if (x != NULL && x->phase == SENT && id_equal(x->message, message)) {
            give_up(x, NOTE_NONE, REASON_ORDER_REFUSED);
            start_next(line);
            return;
        }
    }
}

void releases_forget(struct releases *r, const struct job *j)
{
    struct release *x = find_release(r, j);
    struct line *line;

    if (x == NULL)
        return;
    line = x->line;
    if (x->phase == SENT)
        r->opts.cancel(r->opts.arg, x->message);
    release_free(x);
    start_next(line);
}

int releases_printer_is_busy(const struct releases *r, struct id printer)
{
    const struct line *line = find_line(r, printer);

    return line != NULL && !TAILQ_EMPTY(&line->list);
}
