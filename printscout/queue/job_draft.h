/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job_draft: what a request says of the job that it asks for: whose it is, its title, format, compression and options,
 * checked against what the queue takes; and the document on its way into the spool.
 */
#ifndef QUEUE_JOB_DRAFT_H
#define QUEUE_JOB_DRAFT_H

#include "printscout/queue/owner.h"
#include "printscout/queue/request.h"

struct job_draft {
    struct admission admission;
    char owner[PERSON_SIZE];    /* who may release it: the node's person, or the account on a shared node */
    char account[ACCOUNT_SIZE]; /* who printed it, by this computer's name */
    char title[TICKET_TITLE_SIZE];
    char format[TICKET_FORMAT_SIZE];
    uint8_t is_looked_at; /* its first bytes are of a format that is taken */
    enum unpack_method method;
    uint8_t template[TICKET_IPP_MAX];
    size_t template_len;
    struct job_password password;
    uint64_t created_unix_ms;
};

void job_draft_free(struct job_draft *d); /* wipes title and password; NULL is fine */

/* A title for panels: one line, no control characters, cut at a letter. */
void job_draft_copy_title(char out[static TICKET_TITLE_SIZE], const char *text);

/*
 * Read and check a request that wants to make a job. What the queue cannot do goes into the answer's unsupported group.
 *   out     on OK a new object for job_draft_free()
 * Errors: ERR_REFUSED after request_refuse(); ERR_NOMEM.
 */
MUST_USE enum err job_draft_new(struct request *r, struct job_draft **out);

/*
 * The same for a document that is sent to a job that was made before.
 *   words   what the job was made with
 */
MUST_USE enum err job_draft_for_document(struct request *r, const struct job_view *job, struct job_draft **out);

/* Settle the answer: the queue does not take documents of this format; FORMAT_ANY: of none that it knows. Returns
 * ERR_REFUSED. */
enum err job_draft_refuse_format(struct request *r, const char *format);

/* What of it the job table keeps. content: NULL until the document has ended. */
MUST_USE enum err job_draft_words(const struct job_draft *d, const struct ticket_content *content,
                                  const struct words **out);

/* Start r->upload for r->draft. Errors: ERR_REFUSED after request_refuse(). */
MUST_USE enum err job_draft_start(struct request *r);

/* Bytes of the document. Errors: ERR_REFUSED after request_refuse(). */
MUST_USE enum err job_draft_bytes(struct request *r, const uint8_t *bytes, size_t len);

/* The document has ended: make it the job r->job_number. Errors: ERR_REFUSED after request_refuse(). */
MUST_USE enum err job_draft_end(struct request *r);

#endif
