/* SPDX-License-Identifier: Apache-2.0 */
/* jobs_parts: the table itself, for jobs.c, jobs_document.c and jobs_spool.c only. */
#ifndef QUEUE_JOBS_PARTS_H
#define QUEUE_JOBS_PARTS_H

#include <pthread.h>
#include <sys/stat.h>

#include "printscout/queue/jobs.h"

struct job {
    uint32_t number, uid;
    struct id id;
    enum job_state state; /* ours until it is held, then the courier's */
    enum job_reason reason;
    uint32_t descriptions;  /* how many were written */
    struct seal *seal;      /* NULL: its description cannot be changed, or is being changed */
    uint8_t is_changing;    /* somebody has its seal */
    uint8_t is_arriving;    /* a document is on its way */
    uint8_t cancel_asked;   /* the person canceled it */
    uint8_t report_pending; /* the courier still needs the folder */
    uint64_t created_unix_ms, processing_unix_ms, completed_unix_ms;
    uint64_t document_bytes;
    uint32_t impressions;
    uint64_t waiting_boot_ms;        /* since when it waits for a document */
    uint64_t final_boot_ms;          /* since when it is known to be final; 0: it is not */
    struct timespec state_changed;   /* of the state file that was read last, with */
    ino_t state_inode;               /* its inode; 0: none was */
    char *printer, *printer_reasons; /* NULL: nothing to say */
    const struct words *words;
};

struct jobs {
    int spool;
    pthread_mutex_t lock; /* guards all below */
    struct job **table;   /* by rising number */
    size_t len, size;
    size_t seals; /* how many jobs have theirs */
};

/* With the lock held. NULL: no such job. */
struct job *jobs_find(const struct jobs *j, uint32_t number);

/* With the lock held. ERR_EXISTS, ERR_NOMEM. The job is the table's from then on. */
MUST_USE enum err jobs_insert(struct jobs *j, struct job *job);

/* With the lock held: out of the table and gone. */
void jobs_drop(struct jobs *j, struct job *job);

/* A job outside the table. */
void job_free(struct job *job);

/* With the lock held: it has come to this end, now. */
void jobs_end(struct jobs *j, struct job *job, enum job_state state);

/* With the lock held: keep its seal, or wipe it; of too many, the oldest goes. */
void jobs_set_seal(struct jobs *j, struct job *job, struct seal *seal);

/* Read the courier's word on a job, if there is a new one. Takes the lock itself. */
void jobs_refresh(struct jobs *j, uint32_t number);
/* The same for each job of an account, or of JOBS_ANY_UID. */
void jobs_refresh_all(struct jobs *j, uint32_t uid);

#endif
