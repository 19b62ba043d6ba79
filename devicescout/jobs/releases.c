/* SPDX-License-Identifier: Apache-2.0 */
/* releases: who joins a line, and what reports and hellos do to whoever is first in it. */
#include "devicescout/jobs/releases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "devicescout/jobs/progress.h"
#include "devicescout/jobs/release_line.h"

#define WAITING_MAX 20000 /* in all lines */

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

void releases_free(struct releases *r)
{
    struct line *line;

    if (r == NULL)
        return;
    while ((line = LIST_FIRST(&r->lines)) != NULL) {
        while (!TAILQ_EMPTY(&line->list))
            line_remove(TAILQ_FIRST(&line->list));
        LIST_REMOVE(line, next);
        free(line);
    }
    free(r);
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
    x->keep = ask->keep != 0;
    x->options = *ask->options;
    snprintf(x->person, sizeof x->person, "%s", ask->person);
    TAILQ_INSERT_TAIL(&line->list, x, next);
    r->count++;
    paper_read(j->ipp, j->ipp_len, j->content.pages, &x->options, &j->paper);
    j->waiting = 1;
    j->note = NOTE_NONE;
    j->reason = REASON_NONE;
    snprintf(j->printer, sizeof j->printer, "%s", line->name);
    line_start_next(line);
    r->opts.changed(r->opts.arg, j);
    return OK;
}

enum err releases_withdraw(struct releases *r, struct job *j, const char *by)
{
    struct release *x = find_release(r, j);

    if (x == NULL)
        return ERR_NOTFOUND;
    if (by != NULL && strcmp(x->person, by) != 0)
        return ERR_REFUSED;
    if (x->phase != IN_LINE)
        return ERR_STATE;
    j->waiting = 0;
    line_remove(x);
    return OK;
}

void releases_hello(struct releases *r, struct id node)
{
    struct line *line;

    LIST_FOREACH(line, &r->lines, next)
    {
        struct release *x = TAILQ_FIRST(&line->list);

        if (x != NULL && x->phase == WANTS_HELLO && id_equal(x->job->origin, node)) {
            line_stop_timer(x);
            x->phase = IN_LINE;
            line_start_next(line);
        }
    }
}

/* The first report is the order's acknowledgement; from now on only silence ends the wait. */
static void heard(struct release *x)
{
    struct releases *r = x->line->releases;

    if (x->phase == SENT)
        r->opts.cancel(r->opts.arg, x->message);
    if (line_watch(x) != OK)
        log_warn("release_unwatched", "why=no memory");
}

/* The order met a courier that has another key by now. It says hello with its refusal, so once more. */
static int again(struct release *x, const struct report *report)
{
    if (report->reason != REASON_HELLO_STALE || x->tried_again)
        return 0;
    x->tried_again = 1;
    x->asked_hello = 0;
    line_stop_timer(x);
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
        line_remove(x);
        if (report->state != JOB_DELIVERED && progress_blames_printer((enum job_reason)report->reason))
            line_give_up_like(line, person, NULL, NOTE_NOT_TRIED, (enum job_reason)report->reason);
    }
    line_start_next(line);
}

enum release_paper releases_report(struct releases *r, const struct report *report)
{
    struct job *j = index_find(r->opts.index, report->job);
    struct release *x;
    int newest;
    char text[ID_HEX_SIZE];
    enum err e;

    if (j == NULL)
        return PAPER_NONE_CAME;
    newest = id_equal(j->order, report->order);
    x = find_release(r, j);
    if ((e = progress_take(j, report, clock_boot_ms())) != OK) {
        if (e == ERR_STATE)
            log_warn("report_unfit", "job=%s state=%s report=%s", id_text(j->id, text), jobstate_name(j->state),
                     jobstate_name((enum job_state)report->state));
        return PAPER_NONE_CAME;
    }
    if (x != NULL && (newest || report->terminal)) {
        heard(x);
        if (report->terminal)
            ended(x, report);
    }
    r->opts.changed(r->opts.arg, j);
    if (!report->terminal)
        return PAPER_NONE_CAME;
    if (report->state == JOB_HELD && report->reason == REASON_KEPT)
        return PAPER_CAME_AND_JOB_STAYS;
    return j->state == JOB_DELIVERED ? PAPER_CAME : PAPER_NONE_CAME;
}

void releases_order_refused(struct releases *r, struct id message)
{
    struct line *line;

    LIST_FOREACH(line, &r->lines, next)
    {
        struct release *x = TAILQ_FIRST(&line->list);

        if (x != NULL && x->phase == SENT && id_equal(x->message, message)) {
            line_give_up(x, NOTE_NONE, REASON_ORDER_REFUSED);
            line_start_next(line);
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
    line_remove(x);
    line_start_next(line);
}

int releases_printer_is_busy(const struct releases *r, struct id printer)
{
    const struct line *line = find_line(r, printer);

    return line != NULL && !TAILQ_EMPTY(&line->list);
}
