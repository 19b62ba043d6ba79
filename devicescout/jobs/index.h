/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index: all jobs that devicescout knows, by id and by person, in memory, on the loop's thread alone. A person's list
 * is walked, never searched for, so it does not grow with the site.
 */
#ifndef DEVICESCOUT_JOBS_INDEX_H
#define DEVICESCOUT_JOBS_INDEX_H

#include "devicescout/jobs/job.h"

struct index;

struct index_limits {
    size_t jobs;        /* in all */
    size_t person_jobs; /* of one person */
};

MUST_USE enum err index_new(const struct index_limits *limits, struct index **out);
void index_free(struct index *ix);

/* NULL: no such job. It stays the index's; it is valid until index_remove(). */
struct job *index_find(struct index *ix, struct id id);

/*
 * Add a job, or replace the description of one that is there by a newer one (its state stays).
 *   out     on OK the job; it has no person yet, unless it had one
 * Errors: ERR_STALE an equal or newer description is there (*out is set all the same); ERR_REFUSED the job has another
 * origin; ERR_FULL too many jobs; ERR_NOMEM.
 */
MUST_USE enum err index_put(struct index *ix, struct id id, struct id origin, uint32_t number,
                            const uint8_t *description, size_t len, struct job **out);

/*
 * Say what the job is and whose: from now on it is in that person's list.
 * Errors: ERR_FULL the person has too many jobs; ERR_NOMEM. The job is then as it was before.
 */
MUST_USE enum err index_describe(struct index *ix, struct job *j, const char *person, const char *owner,
                                 const struct ticket *t);

/* Forget a job and free it. */
void index_remove(struct index *ix, struct job *j);

size_t index_count(const struct index *ix);

/* The person's oldest job, then j->next; NULL: none. Unconfirmed jobs are among them. */
struct job *index_of_person(struct index *ix, const char *person);

/* Call fn for each job; fn may remove the job that it is given, and no other. */
typedef void index_each_fn(void *arg, struct job *j);
/* ERR_NOMEM: fn was not called at all. */
MUST_USE enum err index_each(struct index *ix, index_each_fn *fn, void *arg);

#endif
