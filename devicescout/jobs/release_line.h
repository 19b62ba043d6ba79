/* SPDX-License-Identifier: Apache-2.0 */
/* release_line: the line before one printer. What releases.c and release_line.c share; nobody else includes it. */
#ifndef DEVICESCOUT_JOBS_RELEASE_LINE_H
#define DEVICESCOUT_JOBS_RELEASE_LINE_H

#include <sys/queue.h>

#include "devicescout/jobs/releases.h"

enum phase { IN_LINE, WANTS_HELLO, SENT, RUNNING };

struct release {
    struct job *job;
    struct line *line;
    char person[PERSON_SIZE];
    uint8_t authentication;
    uint8_t keep;
    struct options options;
    enum phase phase;
    int asked_hello;   /* for this try; once is enough */
    int tried_again;   /* after an order to a stale hello; the same */
    struct id message; /* the order's, while it is sent */
    /* While it runs: when it began, when it last came on, and how far it was then. */
    uint64_t began_boot_ms, moved_boot_ms, sent_bytes;
    uint32_t impressions;
    enum job_state state;
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

/* If nobody is at the printer, let the first in line try, and when that fails the next. */
void line_start_next(struct line *line);

/* Wait in this phase at most so long. */
MUST_USE enum err line_wait(struct release *x, enum phase phase, uint64_t ms);
void line_stop_timer(struct release *x);
/* A report came: wait for the next, but not beyond the end of its turn. */
MUST_USE enum err line_watch(struct release *x);

/* Out of the line. */
void line_remove(struct release *x);

/* The release is over without paper, and the job as held as before. */
void line_give_up(struct release *x, enum job_note note, enum job_reason reason);

/* What stopped one release stops the others of the same person too: those of this origin, or with NULL all. */
void line_give_up_like(struct line *line, const char *person, const struct id *origin, enum job_note note,
                       enum job_reason reason);

#endif
