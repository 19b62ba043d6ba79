/* SPDX-License-Identifier: Apache-2.0 */
/* progress: what reports say of a job, moved along the table of states. Reports may be lost, late or double. */
#ifndef DEVICESCOUT_JOBS_PROGRESS_H
#define DEVICESCOUT_JOBS_PROGRESS_H

#include "devicescout/jobs/job.h"

/*
 * Take a checked report into the job. Steps whose own report did not come are made up for.
 * Errors: ERR_STALE it says nothing new (a repetition, or of an order that is not the newest); the job is unchanged.
 * ERR_STATE no way leads there from the job's state.
 */
MUST_USE enum err progress_take(struct job *j, const struct report *r, uint64_t now_boot_ms);

/* Nothing more is waited for, for this reason: the outcome counts as unknown. */
void progress_lost(struct job *j, enum job_note note);

/* Does this reason hold for every job at that printer, so that the next one need not be tried? */
int progress_blames_printer(enum job_reason r);

#endif
