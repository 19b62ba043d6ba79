/* SPDX-License-Identifier: Apache-2.0 */
/* job_password_read: job-password and job-password-encryption of a request that makes a job (PWG 5100.11). */
#ifndef QUEUE_JOB_PASSWORD_READ_H
#define QUEUE_JOB_PASSWORD_READ_H

#include "printscout/queue/request.h"

/*
 * What of it the job keeps. A password that cannot be kept is no reason to take the job without one.
 *   out     receives method JOB_PASSWORD_NONE when none is asked for
 * Errors: ERR_REFUSED after request_refuse().
 */
MUST_USE enum err job_password_read(struct request *r, struct job_password *out);

/* Add job-password-supported and job-password-encryption-supported; over the network "none" is none of them. */
void job_password_describe(ipp_t *printer, int is_shared);

#endif
