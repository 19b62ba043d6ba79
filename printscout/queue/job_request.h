/* SPDX-License-Identifier: Apache-2.0 */
/* job_request: what requests about jobs have in common: finding the job, and only if it is theirs. */
#ifndef QUEUE_JOB_REQUEST_H
#define QUEUE_JOB_REQUEST_H

#include "printscout/queue/request.h"

/*
 * The job that the request names. Others' jobs do not exist; root sees that they do, but not what they are.
 *   out     on OK for job_view_clear()
 * Errors: ERR_REFUSED after request_refuse().
 */
MUST_USE enum err job_request_find(struct request *r, struct job_view *out);

/* The same for what only its owner may do: root cannot put words into another's mouth. */
MUST_USE enum err job_request_find_own(struct request *r, struct job_view *out);

/* The site's policy flags as far as they are known. */
uint32_t job_request_flags(const struct request *r);

#endif
