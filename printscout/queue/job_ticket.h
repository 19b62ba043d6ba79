/* SPDX-License-Identifier: Apache-2.0 */
/* job_ticket: the ticket that goes into a job's sealed description, from what the queue knows of the job. */
#ifndef QUEUE_JOB_TICKET_H
#define QUEUE_JOB_TICKET_H

#include "printscout/queue/words.h"
#include "proto/ticket.h"

/*
 *   host    this computer's name
 *   out     on OK a new ticket for job_ticket_free()
 * Errors: ERR_LIMIT a text or the options are too long; ERR_NOMEM.
 */
MUST_USE enum err job_ticket_new(const struct words *w, const char *host, uint64_t document_bytes,
                                 uint64_t created_unix_ms, struct ticket **out);
void job_ticket_free(struct ticket *t); /* wipes; NULL is fine */

#endif
