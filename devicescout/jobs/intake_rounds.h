/* SPDX-License-Identifier: Apache-2.0 */
/* intake_rounds: what intake.c and intake_rounds.c share; nobody else includes it. */
#ifndef DEVICESCOUT_JOBS_INTAKE_ROUNDS_H
#define DEVICESCOUT_JOBS_INTAKE_ROUNDS_H

#include <sys/queue.h>

#include "devicescout/jobs/intake.h"

#define GONE_MAX 1024 /* ids that were taken back before they were announced */

struct todo { /* a listed job that is not described yet */
    struct id job;
    STAILQ_ENTRY(todo) next;
};

struct intake {
    struct intake_opts opts;
    STAILQ_HEAD(, todo) todo;
    uint64_t timer;       /* to describe some */
    uint64_t round_timer; /* to ask for what lists named and nobody announced */
    struct id gone[GONE_MAX];
    size_t gone_at;
};

/* Out of index and store. */
void intake_remove(struct intake *in, struct job *j);
/* Read it when there is time, then show it. */
void intake_describe_later(struct intake *in, const struct job *j);

#endif
