/* SPDX-License-Identifier: Apache-2.0 */
/*
 * release_line: the first in line goes through grant and order; each wait has a timer, and whatever ends it lets the
 * next one start.
 */
#include "devicescout/jobs/release_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "devicescout/jobs/progress.h"

void line_stop_timer(struct release *x)
{
    if (x->timer != 0)
        loop_cancel(x->line->releases->opts.loop, x->timer);
    x->timer = 0;
}

void line_remove(struct release *x)
{
    line_stop_timer(x);
    TAILQ_REMOVE(&x->line->list, x, next);
    x->line->releases->count--;
    free(x);
}

void line_give_up(struct release *x, enum job_note note, enum job_reason reason)
{
    struct releases *r = x->line->releases;
    struct job *j = x->job;
    char job[ID_HEX_SIZE];

    log_info("release_ended", "job=%s note=%s reason=%s", id_text(j->id, job), job_note_name(note),
             jobreason_name(reason));
    j->waiting = 0;
    j->note = note;
    j->reason = reason;
    line_remove(x);
    r->opts.changed(r->opts.arg, j);
}

void line_give_up_like(struct line *line, const char *person, const struct id *origin, enum job_note note,
                       enum job_reason reason)
{
    struct release *x, *next;

    for (x = TAILQ_FIRST(&line->list); x != NULL; x = next) {
        next = TAILQ_NEXT(x, next);
        if (x->phase == IN_LINE && strcmp(x->person, person) == 0 &&
            (origin == NULL || id_equal(x->job->origin, *origin)))
            line_give_up(x, note, reason);
    }
}

static void computer_is_off(struct release *x)
{
    struct line *line = x->line;
    struct id origin = x->job->origin;
    char person[PERSON_SIZE];

    memcpy(person, x->person, sizeof person);
    line_give_up(x, NOTE_COMPUTER_OFF, REASON_NONE);
    line_give_up_like(line, person, &origin, NOTE_COMPUTER_OFF, REASON_NONE);
    line_start_next(line);
}

/* Of its turn at the printer. */
static uint64_t turn_left(const struct release *x, uint64_t now_boot_ms)
{
    const struct releases_opts *o = &x->line->releases->opts;
    const uint64_t whole = x->began_boot_ms + o->turn_ms, moved = x->moved_boot_ms + o->standstill_ms;
    const uint64_t end = whole < moved ? whole : moved;

    return end > now_boot_ms ? end - now_boot_ms : 0;
}

/* Reports came, and no end: the printer goes to the next one, and what else comes from that computer is not tried. */
static void turn_is_over(struct release *x)
{
    struct line *line = x->line;
    struct releases *r = line->releases;
    struct job *j = x->job;
    struct id origin = j->origin;
    char person[PERSON_SIZE], job[ID_HEX_SIZE];

    memcpy(person, x->person, sizeof person);
    log_warn("turn_over", "job=%s printer=%s", id_text(j->id, job), line->name);
    progress_lost(j, NOTE_TURN_OVER);
    line_remove(x);
    r->opts.changed(r->opts.arg, j);
    line_give_up_like(line, person, &origin, NOTE_NOT_TRIED, REASON_NONE);
    line_start_next(line);
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
    if (turn_left(x, clock_boot_ms()) == 0) {
        turn_is_over(x);
        return;
    }
    progress_lost(j, NOTE_COMPUTER_OFF);
    line_remove(x);
    r->opts.changed(r->opts.arg, j);
    line_start_next(line);
}

/* Without a timer a lost answer would hold up the printer's line, so no memory for one ends the release. */
enum err line_wait(struct release *x, enum phase phase, uint64_t ms)
{
    line_stop_timer(x);
    x->phase = phase;
    return loop_after(x->line->releases->opts.loop, ms, waited_too_long, x, &x->timer);
}

static void note_progress(struct release *x, uint64_t now_boot_ms)
{
    const struct job *j = x->job;

    if (x->phase != RUNNING)
        x->began_boot_ms = now_boot_ms;
    else if (j->state == x->state && j->sent_bytes <= x->sent_bytes && j->impressions == x->impressions)
        return;
    x->moved_boot_ms = now_boot_ms;
    x->state = j->state;
    x->sent_bytes = j->sent_bytes;
    x->impressions = j->impressions;
}

enum err line_watch(struct release *x)
{
    const uint64_t now_boot_ms = clock_boot_ms(), silence_ms = x->line->releases->opts.silence_ms;
    uint64_t left_ms;

    note_progress(x, now_boot_ms);
    left_ms = turn_left(x, now_boot_ms);
    return line_wait(x, RUNNING, left_ms < silence_ms ? left_ms : silence_ms);
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
                      .keep = x->keep,
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
    snprintf(g.whose, sizeof g.whose, "%s", job_person(j));
    snprintf(g.person, sizeof g.person, "%s", x->person);
    if ((e = r->opts.grant(r->opts.arg, &g, bytes, &len, &j->order)) != OK)
        return e;
    j->order_ended = 0;
    if ((e = r->opts.send(r->opts.arg, j->origin, bytes, len, &x->message)) != OK)
        return e;
    if ((e = line_wait(x, SENT, r->opts.answer_ms)) != OK)
        r->opts.cancel(r->opts.arg, x->message);
    return e;
}

static enum err start(struct release *x)
{
    struct releases *r = x->line->releases;
    enum err e = order(x);

    if (e != ERR_STALE)
        return e;
    if (x->asked_hello)
        return ERR_REFUSED;
    x->asked_hello = 1;
    if ((e = line_wait(x, WANTS_HELLO, r->opts.hello_ms)) == OK)
        r->opts.ask_hello(r->opts.arg, x->job->origin);
    return e;
}

void line_start_next(struct line *line)
{
    struct release *x;
    enum err e;

    if (line->starting)
        return;
    line->starting = 1;
    while ((x = TAILQ_FIRST(&line->list)) != NULL && x->phase == IN_LINE) {
        if ((e = start(x)) != OK)
            line_give_up(x, note_of(e), REASON_NONE);
    }
    line->starting = 0;
}
