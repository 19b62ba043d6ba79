/* SPDX-License-Identifier: Apache-2.0 */
/* job_draft_document: verbs 1 to 3 for one document: its bytes go to the sealer as they come, its end makes the job. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "printscout/queue/job_draft.h"
#include "printscout/queue/job_template.h"
#include "printscout/queue/job_ticket.h"
#include "printscout/queue/offer.h"

/* What went wrong with a document, in words of IPP and of people. */
static enum err refuse_document(struct request *r, enum err e)
{
    switch (e) {
    case ERR_FULL:
        return request_refuse(r, IPP_STATUS_ERROR_TEMPORARY,
                              "The disk of this computer is full; nothing was kept. Make room and print again.");
    case ERR_LIMIT:
        return request_refuse(r, IPP_STATUS_ERROR_REQUEST_ENTITY,
                              "The document is larger than this queue takes (%" PRIu64 " bytes, unpacked).",
                              r->queue->job_bytes_max);
    case ERR_FORMAT:
        return request_refuse(r, IPP_STATUS_ERROR_COMPRESSION_ERROR,
                              "The document cannot be unpacked: it is not what its compression says.");
    case ERR_NOMEM:
        return request_refuse(r, IPP_STATUS_ERROR_TEMPORARY, "The queue has no memory left. Print again later.");
    default:
        log_error("document_failed", "reason=%s errno=%m", err_name(e));
        return request_refuse(r, IPP_STATUS_ERROR_INTERNAL,
                              "The queue could not write the job to disk; nothing was kept.");
    }
}

enum err job_draft_start(struct request *r)
{
    const struct queue *q = r->queue;
    const enum err e = upload_new(&(struct upload_opts){.spool = q->spool,
                                                        .admission = &r->draft->admission,
                                                        .readers = q->readers,
                                                        .method = r->draft->method,
                                                        .bytes_max = q->job_bytes_max,
                                                        .free_least = q->spool_free_least},
                                  &r->upload);

    return e == OK ? OK : refuse_document(r, e);
}

static enum err refuse_canceled(struct request *r)
{
    return request_refuse(r, IPP_STATUS_ERROR_JOB_CANCELED, "The job was canceled while it arrived.");
}

/*
 * What the document begins with decides, whatever the client calls it: a printer goes by the bytes too. A client that
 * leaves it to us has its answer here as well.
 */
static enum err look_at_format(struct request *r)
{
    const struct offer *o = r->offer;
    const char *format;
    size_t len;
    const uint8_t *head = upload_head(r->upload, &len);

    format = format_of(head, len);
    if (!format_takes(o->formats, o->formats_len, o->flags, format))
        return job_draft_refuse_format(r, format);
    if (strcmp(r->draft->format, FORMAT_ANY) == 0)
        strcpy(r->draft->format, format); /* one of our own names: they all fit */
    r->draft->is_looked_at = 1;
    return OK;
}

enum err job_draft_bytes(struct request *r, const uint8_t *bytes, size_t len)
{
    enum err e;

    if (!jobs_document_is_wanted(r->queue->jobs, r->job_number))
        return refuse_canceled(r);
    if ((e = upload_bytes(r->upload, bytes, len)) != OK)
        return refuse_document(r, e);
    return r->draft->is_looked_at || upload_len(r->upload) < UPLOAD_HEAD_LEN ? OK : look_at_format(r);
}

/* job-cancel-after, as a time that outlives this process; the courier looks at it. 0: the site's retention alone. */
static uint64_t expires(const struct words *words, uint64_t created_unix_ms)
{
    const int seconds = job_template_integer(words->template, words->template_len, "job-cancel-after");

    return seconds > 0 ? created_unix_ms + (uint64_t)seconds * 1000 : 0;
}

static enum err commit(struct request *r, const struct words *words)
{
    const struct job_draft *d = r->draft;
    struct ticket *ticket = NULL;
    enum err e;

    if ((e = job_ticket_new(words, r->queue->host, upload_len(r->upload), d->created_unix_ms, &ticket)) != OK)
        return e;
    e = upload_commit(r->upload, &(struct upload_record){.job_number = r->job_number,
                                                         .uid = r->uid,
                                                         .created_unix_ms = d->created_unix_ms,
                                                         .expires_unix_ms = expires(words, d->created_unix_ms),
                                                         .owner = words->owner,
                                                         .ticket = ticket});
    job_ticket_free(ticket);
    return e;
}

/* It is a job now, whatever becomes of the answer. ERR_STATE: canceled meanwhile. */
static enum err hand_over(struct request *r, const struct words *words)
{
    const uint32_t number = r->job_number;
    const uint64_t bytes = upload_len(r->upload);
    enum err e;

    e = jobs_document_end(
        r->queue->jobs, number,
        &(struct job_document){
            .id = upload_job(r->upload), .bytes = bytes, .words = words, .seal = upload_take_seal(r->upload)});
    r->job_number = 0;
    upload_free(r->upload);
    r->upload = NULL;
    log_info("job_held", "job-id=%u uid=%u bytes=%" PRIu64, (unsigned)number, (unsigned)r->uid, bytes);
    return e;
}

enum err job_draft_end(struct request *r)
{
    const struct words *words = NULL;
    const uint32_t number = r->job_number;
    struct ticket_content content;
    enum err e;

    if (!jobs_document_is_wanted(r->queue->jobs, number))
        return refuse_canceled(r);
    if ((e = upload_end(r->upload)) != OK)
        return refuse_document(r, e);
    if (upload_len(r->upload) == 0)
        return request_refuse(r, IPP_STATUS_ERROR_BAD_REQUEST, "The request brought no document.");
    if (!r->draft->is_looked_at && (e = look_at_format(r)) != OK)
        return e;
    upload_content(r->upload, r->uid, &content);
    if ((e = job_draft_words(r->draft, &content, &words)) != OK || (e = commit(r, words)) != OK) {
        words_drop(words);
        return refuse_document(r, e);
    }
    e = hand_over(r, words);
    words_drop(words);
    if (e == ERR_STATE) { /* canceled during the last fsync: the courier is to know */
        if (jobs_cancel(r->queue->jobs, number) != OK)
            log_error("cancel_not_written", "job-id=%u", (unsigned)number);
        return refuse_canceled(r);
    }
    return OK;
}
