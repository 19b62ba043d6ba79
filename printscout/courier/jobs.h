/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jobs: the courier's table of what lies in the spool. A job's state is moved here alone and written to jobs/ID/state,
 * where the queue reads it. Main loop's thread only.
 */
#ifndef PRINTSCOUT_COURIER_JOBS_H
#define PRINTSCOUT_COURIER_JOBS_H

#include "proto/spool.h"

struct delivery;

struct job {
    struct job *next, *previous; /* the table's list: the order of announcing */
    struct job *next_by_id, *next_by_watch;
    struct id id;
    enum job_state state;
    enum job_reason reason;
    int pending;       /* a terminal report, or that it is gone, is not acknowledged yet */
    int folder_gone;   /* somebody removed it during a delivery */
    int cancel_wanted; /* the person canceled it while it was on its way to a printer */
    struct id order;   /* the last one; zero: none */
    uint64_t created_unix_ms;
    uint64_t expires_unix_ms;  /* its person's wish; 0: none */
    uint32_t digest;           /* of its description file; see PROTOCOL.md, "list" */
    uint8_t announced;         /* a bit for each device scout that acknowledged it */
    int watch;                 /* inotify; -1: none */
    struct delivery *delivery; /* under way; NULL: none */
};

struct jobs {
    struct job *first, *last;
    size_t count;
    struct job **by_id, **by_watch; /* JOBS_BUCKETS each */
};

#define JOBS_BUCKETS 4096 /* 10,000 held jobs: two or three in each */

MUST_USE enum err jobs_start(struct jobs *t);
void jobs_end(struct jobs *t);

struct job *jobs_find(const struct jobs *t, struct id id);
struct job *jobs_find_watch(const struct jobs *t, int watch);
/* Append a held job. ERR_EXISTS, ERR_NOMEM. */
MUST_USE enum err jobs_add(struct jobs *t, struct id id, struct job **out);
void jobs_set_watch(struct jobs *t, struct job *j, int watch);
/* To the end of the list, so that it is announced once more. */
void jobs_move_last(struct jobs *t, struct job *j);
/* Free it. It has no delivery. */
void jobs_remove(struct jobs *t, struct job *j);

/* jobstate_move(). */
MUST_USE enum err job_move(struct job *j, enum job_event event);

/*
 * Write jobs/ID/state: state, reason, pending and order as the job has them, the rest from s (NULL: as it stands on the
 * disk). A failure is logged: what a restart needs besides is in the journal.
 */
void job_save(int spool, const struct job *j, const struct spool_state *s);

#endif
