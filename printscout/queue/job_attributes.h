/* SPDX-License-Identifier: Apache-2.0 */
/* job_attributes: a job in IPP's words: PROTOCOL.md's states as job-state and job-state-reasons, times, titles. */
#ifndef QUEUE_JOB_ATTRIBUTES_H
#define QUEUE_JOB_ATTRIBUTES_H

#include "printscout/queue/queue.h"

#include <cups/ipp.h>

struct job_answer {
    const struct printer *printer; /* as who asks reaches it */
    const struct job_view *job;
    int is_owner;        /* the one who asks may read the title */
    uint32_t flags;      /* enum policy_flag of the site */
    cups_array_t *names; /* the attributes that are wanted; NULL: all */
};

/* Add the job's attributes, in the job group. */
void job_attributes_add(ipp_t *reply, const struct job_answer *answer);

/* What Print-Job and its kin answer: job-id, job-uri, state, reasons, message. */
void job_attributes_add_short(ipp_t *reply, const struct printer *p, const struct job_view *job, uint32_t flags);

/* job-state-message: one sentence for its person; static. */
const char *job_attributes_message(const struct job_view *job);

/* job-state, as the site shows it. */
ipp_jstate_t job_attributes_state(const struct job_view *job, uint32_t flags);

#endif
