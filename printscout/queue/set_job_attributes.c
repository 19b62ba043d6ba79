/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set_job_attributes: Set-Job-Attributes (RFC 3380 section 4.2): a person changes the title or the options of a job
 * that is held. Its description is sealed again with a higher number; the document is not touched.
 */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "crypto/seal.h"
#include "printscout/queue/job_draft.h"
#include "printscout/queue/job_request.h"
#include "printscout/queue/job_template.h"
#include "printscout/queue/job_ticket.h"
#include "printscout/queue/operation_parts.h"

/* What a changed job is described by. */
struct changed {
    char title[TICKET_TITLE_SIZE];
    uint8_t template[TICKET_IPP_MAX];
    size_t template_len;
};

/* The request's job-name, if it has one in the job group. ERR_REFUSED: it has, but it is no name. */
static enum err read_title(struct request *r, const struct words *before, struct changed *to)
{
    ipp_attribute_t *a = ippFindAttribute(r->ask, "job-name", IPP_TAG_ZERO);
    const char *name;

    job_draft_copy_title(to->title, before->title);
    if (a == NULL || ippGetGroupTag(a) != IPP_TAG_JOB)
        return OK;
    if ((name = ippGetString(a, 0, NULL)) == NULL || name[0] == '\0' || ippGetCount(a) != 1)
        return request_refuse(r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES, "A job must have a name.");
    job_draft_copy_title(to->title, name);
    return OK;
}

static enum err write_description(const struct request *r, const struct job_change *c, const struct words *words)
{
    char path[SPOOL_PATH_SIZE];
    uint8_t *json = NULL, *sealed = NULL;
    struct ticket *ticket = NULL;
    size_t json_len, sealed_len;
    enum err e = ERR_NOMEM;

    if ((json = malloc(TICKET_JSON_MAX)) == NULL || (sealed = malloc(DESCRIPTION_FILE_MAX)) == NULL)
        goto out;
    if ((e = job_ticket_new(words, r->queue->host, c->document_bytes, c->created_unix_ms, &ticket)) != OK ||
        (e = ticket_write(ticket, json, &json_len)) != OK)
        goto out;
    e = seal_description(
        c->seal,
        &(struct description){
            .number = c->description_number, .owner = words->owner, .ticket = json, .ticket_len = json_len},
        sealed, &sealed_len);
    if (e != OK)
        goto out;
    e = file_replace(r->queue->spool, spool_path(path, SPOOL_JOBS, c->id, SPOOL_FILE_DESCRIPTION), sealed, sealed_len,
                     0640);
out:
    if (json != NULL)
        explicit_bzero(json, TICKET_JSON_MAX);
    free(json);
    free(sealed);
    job_ticket_free(ticket);
    return e;
}

static enum err refuse_write(struct request *r, enum err e)
{
    if (e == ERR_LIMIT)
        return request_refuse(r, IPP_STATUS_ERROR_REQUEST_ENTITY, "The job's options are too long.");
    return request_refuse(r, IPP_STATUS_ERROR_TEMPORARY,
                          "The change could not be written to disk; nothing was changed.");
}

/* With the seal in hand. *out: what stands for the job from now on. */
static enum err change(struct request *r, const struct job_change *c, const struct words **out)
{
    struct changed *to = calloc(1, sizeof *to);
    const struct words *words = NULL;
    struct words next = *c->words;
    enum err e = ERR_NOMEM;

    if (to == NULL)
        goto out;
    if ((e = read_title(r, c->words, to)) != OK)
        goto out;
    if ((e = job_template_change(r, c->words->template, c->words->template_len, to->template, sizeof to->template,
                                 &to->template_len)) != OK)
        goto out;
    next.title = to->title;
    next.template = to->template;
    next.template_len = to->template_len;
    if ((e = words_new(&next, &words)) != OK)
        goto out;
    if ((e = write_description(r, c, words)) != OK) {
        e = refuse_write(r, e);
        goto out;
    }
    *out = words;
    words = NULL;
out:
    words_drop(words);
    if (to != NULL)
        explicit_bzero(to, sizeof *to);
    free(to);
    return e;
}

enum err set_job_attributes_end(struct request *r)
{
    const struct words *words = NULL;
    struct job_change c;
    struct job_view job;
    enum err e;

    if ((e = job_request_find_own(r, &job)) != OK)
        return e;
    job_view_clear(&job);
    switch (jobs_change_begin(r->queue->jobs, job.number, &c)) {
    case OK:
        break;
    case ERR_UNSUPPORTED:
        return request_refuse(
            r, IPP_STATUS_ERROR_NOT_POSSIBLE,
            "The queue was started again since, and cannot change this job. Cancel it and print again.");
    default:
        return request_refuse(r, IPP_STATUS_ERROR_NOT_POSSIBLE, "The job is arriving, printing or over.");
    }
    e = change(r, &c, &words);
    jobs_change_end(r->queue->jobs, job.number, &c, words);
    words_drop(words);
    if (e == OK)
        log_info("job_changed", "job-id=%u", (unsigned)job.number);
    return e;
}
