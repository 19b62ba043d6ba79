/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jobs: which jobs were granted or closed, in memory. What is here came from the audit log's lines and is written to it
 * first; a job is forgotten when its epoch is destroyed, for then nothing can open it.
 */
#ifndef KEYHOLDER_JOBS_H
#define KEYHOLDER_JOBS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hex.h"

#define JOBS_MAX 4000000 /* 0.5 GB; beyond that nothing is granted or closed until an epoch goes */

struct jobs; /* opaque */

struct jobs_order { /* one grant */
    struct id order, job, node;
    uint64_t bar_boot_ms; /* until then no other grant of the job, unless the order has had its last word */
    uint8_t state;        /* enum job_state of the terminal report; 0: none yet */
    uint8_t reason;       /* enum job_reason of it */
    uint8_t keep;         /* printing does not close the job */
};

MUST_USE enum err jobs_new(struct jobs **out);
void jobs_free(struct jobs *j);

/* Was the job closed? *reason receives why (enum close_reason). */
int jobs_is_closed(const struct jobs *j, struct id job, uint8_t *reason);
/* The epoch that the job is remembered with. ERR_NOTFOUND. */
MUST_USE enum err jobs_epoch(const struct jobs *j, struct id job, uint32_t *epoch);
/* Is an order of this job still open at that time? */
int jobs_is_ordered(const struct jobs *j, struct id job, uint64_t now_boot_ms);
/* ERR_NOTFOUND. *out lives until the next call of jobs_grant or jobs_forget. */
MUST_USE enum err jobs_order(const struct jobs *j, struct id order, const struct jobs_order **out);

/* Errors of all three: ERR_NOMEM, ERR_FULL. */
MUST_USE enum err jobs_grant(struct jobs *j, const struct jobs_order *order, uint32_t epoch);
/* Close for ever; a job that is closed keeps its first reason. */
MUST_USE enum err jobs_close(struct jobs *j, struct id job, uint32_t epoch, uint8_t reason);
/* The last word on an order; ERR_NOTFOUND no such order. */
MUST_USE enum err jobs_report(struct jobs *j, struct id order, uint8_t state, uint8_t reason);

/* Is there room for one more grant or closed job? */
int jobs_is_full(const struct jobs *j);

/* Forget the jobs of epochs up to and including this one. ERR_NOMEM: all are kept. */
MUST_USE enum err jobs_forget(struct jobs *j, uint32_t epoch);

size_t jobs_count(const struct jobs *j);

#endif
