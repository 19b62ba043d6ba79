/* SPDX-License-Identifier: Apache-2.0 */
/* print_operations: verb 1, "print": Print-Job, Validate-Job, Create-Job and Send-Document. */
#include "printscout/queue/job_attributes.h"
#include "printscout/queue/job_draft.h"
#include "printscout/queue/job_request.h"
#include "printscout/queue/operation_parts.h"
#include "printscout/queue/request_head.h"

/* What became of the job, as its person sees it now. */
static enum err answer_job(struct request *r, uint32_t number)
{
    struct job_view job;
    enum err e;

    if ((e = jobs_view(r->queue->jobs, number, &job)) != OK)
        return request_refuse(r, IPP_STATUS_ERROR_NOT_FOUND, "The job is gone.");
    job_attributes_add_short(r->reply, r->printer, &job, job_request_flags(r));
    job_view_clear(&job);
    return OK;
}

/* Give r->draft a number and a place in the table. */
static enum err add_job(struct request *r, uint32_t *number)
{
    struct queue *q = r->queue;
    const struct words *words = NULL;
    enum err e;

    if ((e = numbers_next(q->numbers, number)) != OK)
        return request_refuse(r, IPP_STATUS_ERROR_TEMPORARY, "No job number can be reserved: is the disk full?");
    if ((e = job_draft_words(r->draft, NULL, &words)) != OK)
        return e;
    e = jobs_add(q->jobs,
                 &(struct job_new){
                     .number = *number, .uid = r->uid, .created_unix_ms = r->draft->created_unix_ms, .words = words},
                 q->jobs_per_person_max);
    words_drop(words);
    if (e == ERR_LIMIT)
        return request_refuse(r, IPP_STATUS_ERROR_TOO_MANY_JOBS,
                              "You have %zu jobs in the queue. Release or cancel some, then print again.",
                              q->jobs_per_person_max);
    return e;
}

/* The document of job number may come. */
static enum err begin_document(struct request *r, uint32_t number)
{
    switch (jobs_document_begin(r->queue->jobs, number)) {
    case OK:
        r->job_number = number;
        return job_draft_start(r);
    case ERR_EXISTS:
        return request_refuse(r, IPP_STATUS_ERROR_MULTIPLE_JOBS_NOT_SUPPORTED, "A job has one document here.");
    case ERR_STATE:
        return request_refuse(r, IPP_STATUS_ERROR_NOT_POSSIBLE, "The job was canceled, or waited too long.");
    default:
        return request_refuse(r, IPP_STATUS_ERROR_NOT_FOUND, "There is no such job of yours.");
    }
}

enum err print_job_begin(struct request *r)
{
    uint32_t number;
    enum err e;

    if ((e = job_draft_new(r, &r->draft)) != OK || (e = add_job(r, &number)) != OK)
        return e;
    r->makes_job = 1;
    return begin_document(r, number);
}

enum err print_job_end(struct request *r)
{
    const uint32_t number = r->job_number;
    enum err e;

    if ((e = job_draft_end(r)) != OK)
        return e;
    return answer_job(r, number);
}

enum err validate_job_begin(struct request *r)
{
    return job_draft_new(r, &r->draft);
}

enum err create_job_begin(struct request *r)
{
    uint32_t number;
    enum err e;

    if ((e = job_draft_new(r, &r->draft)) != OK || (e = add_job(r, &number)) != OK)
        return e;
    return answer_job(r, number);
}

/*
 * The one document makes the job, whatever last-document says: it is durable when it is acknowledged. A last
 * Send-Document without bytes only closes the job, and is known by that at its end.
 */
enum err send_document_begin(struct request *r)
{
    ipp_attribute_t *last = ippFindAttribute(r->ask, "last-document", IPP_TAG_BOOLEAN);
    struct job_view job;
    enum err e;

    if (last == NULL || ippGetGroupTag(last) != IPP_TAG_OPERATION)
        return request_refuse(r, IPP_STATUS_ERROR_BAD_REQUEST, "Send-Document must say last-document.");
    if ((e = job_request_find_own(r, &job)) != OK)
        return e;
    if (job.has_document && ippGetBoolean(last, 0))
        e = OK; /* no upload: what comes is looked at in send_document_end */
    else if ((e = job_draft_for_document(r, &job, &r->draft)) == OK)
        e = begin_document(r, job.number);
    job_view_clear(&job);
    return e;
}

enum err send_document_end(struct request *r)
{
    const uint32_t number = request_head_job(r);
    enum err e;

    if (r->upload == NULL && r->dropped > 0)
        return request_refuse(r, IPP_STATUS_ERROR_MULTIPLE_JOBS_NOT_SUPPORTED, "A job has one document here.");
    if (r->upload != NULL && (e = job_draft_end(r)) != OK)
        return e;
    return answer_job(r, number);
}
