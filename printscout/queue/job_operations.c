/* SPDX-License-Identifier: Apache-2.0 */
/* job_operations: what a person asks of jobs that are there: Get-Jobs, Get-Job-Attributes, Cancel-Job and their kin. */
#include <stdlib.h>
#include <string.h>

#include "printscout/queue/job_attributes.h"
#include "printscout/queue/job_request.h"
#include "printscout/queue/operation_parts.h"
#include "printscout/queue/owner.h"
#include "printscout/queue/request_head.h"

#define ROOT_UID 0

uint32_t job_request_flags(const struct request *r)
{
    struct admission admission = {.flags = 0};
    const char *why;

    return enrollment_admit(r->queue->enrollment, &admission, &why) == OK ? admission.flags : 0;
}

enum err job_request_find(struct request *r, struct job_view *out)
{
    const uint32_t number = request_head_job(r);

    if (number == 0)
        return request_refuse(r, IPP_STATUS_ERROR_BAD_REQUEST, "The request names no job.");
    if (jobs_view(r->queue->jobs, number, out) != OK)
        return request_refuse(r, IPP_STATUS_ERROR_NOT_FOUND, "There is no such job of yours.");
    if (out->uid == r->uid || r->uid == ROOT_UID)
        return OK;
    job_view_clear(out);
    return request_refuse(r, IPP_STATUS_ERROR_NOT_FOUND, "There is no such job of yours.");
}

enum err job_request_find_own(struct request *r, struct job_view *out)
{
    enum err e;

    if ((e = job_request_find(r, out)) != OK || out->uid == r->uid)
        return e;
    job_view_clear(out);
    return request_refuse(r, IPP_STATUS_ERROR_NOT_FOUND, "There is no such job of yours.");
}

enum err get_job_attributes_end(struct request *r)
{
    struct job_view job;
    cups_array_t *names;
    enum err e;

    if ((e = job_request_find(r, &job)) != OK)
        return e;
    names = ippCreateRequestedArray(r->ask);
    job_attributes_add(r->reply, &(struct job_answer){.printer = r->printer,
                                                      .job = &job,
                                                      .is_owner = job.uid == r->uid,
                                                      .flags = job_request_flags(r),
                                                      .names = names});
    cupsArrayDelete(names);
    job_view_clear(&job);
    return OK;
}

/* which-jobs: the values of which-jobs-supported, as sets of job-state. */
static const struct which {
    const char *name;
    unsigned states; /* 1 << job-state */
    int newest_first;
} whiches[] = {
    {"not-completed", 1u << IPP_JSTATE_HELD | 1u << IPP_JSTATE_PROCESSING, 0},
    {"completed", 1u << IPP_JSTATE_COMPLETED | 1u << IPP_JSTATE_CANCELED | 1u << IPP_JSTATE_ABORTED, 1},
    {"all", ~0u, 0},
    {"pending-held", 1u << IPP_JSTATE_HELD, 0},
    {"processing", 1u << IPP_JSTATE_PROCESSING, 0},
    {"canceled", 1u << IPP_JSTATE_CANCELED, 1},
    {"aborted", 1u << IPP_JSTATE_ABORTED, 1},
};

static const struct which *which_find(const char *name)
{
    for (size_t i = 0; i < sizeof whiches / sizeof *whiches; i++) {
        if (strcmp(whiches[i].name, name) == 0)
            return &whiches[i];
    }
    return NULL;
}

struct listing {
    struct request *request;
    const struct which *which;
    cups_array_t *names;
    uint32_t flags;
    int left; /* of limit */
};

static void list_job(struct listing *l, uint32_t number)
{
    struct request *r = l->request;
    struct job_view job;

    if (jobs_view(r->queue->jobs, number, &job) != OK)
        return;
    if ((l->which->states & 1u << job_attributes_state(&job, l->flags)) != 0) {
        l->left--;
        ippAddSeparator(r->reply); /* each job is a group of its own */
        job_attributes_add(r->reply, &(struct job_answer){.printer = r->printer,
                                                          .job = &job,
                                                          .is_owner = job.uid == r->uid,
                                                          .flags = l->flags,
                                                          .names = l->names});
    }
    job_view_clear(&job);
}

static enum err read_which(struct request *r, const struct which **out)
{
    const char *name = request_head_text(r, "which-jobs", IPP_TAG_KEYWORD);

    if ((*out = which_find(name != NULL ? name : "not-completed")) != NULL)
        return OK;
    ippAddString(r->reply, IPP_TAG_UNSUPPORTED_GROUP, IPP_TAG_KEYWORD, "which-jobs", NULL, name);
    return request_refuse(r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES, "This queue does not know such jobs.");
}

/*
 * my-jobs asks for those of requesting-user-name. That name opens nothing, but one that is not the account's own leaves
 * nothing to show.
 */
static int asks_for_others(const struct request *r)
{
    const char *name = request_head_text(r, "requesting-user-name", IPP_TAG_ZERO);
    char account[ACCOUNT_SIZE];

    return request_head_flag(r, "my-jobs", 0) && name != NULL && request_account(r, account) == OK &&
           strcmp(name, account) != 0 && strcmp(name, r->person) != 0;
}

enum err get_jobs_end(struct request *r)
{
    struct listing l = {.request = r, .left = INT32_MAX, .flags = job_request_flags(r)};
    ipp_attribute_t *limit = ippFindAttribute(r->ask, "limit", IPP_TAG_INTEGER);
    const int mine_only = r->uid != ROOT_UID || request_head_flag(r, "my-jobs", 0);
    uint32_t *numbers = NULL;
    size_t count = 0;
    enum err e;

    if ((e = read_which(r, &l.which)) != OK)
        return e;
    if (limit != NULL && (l.left = ippGetInteger(limit, 0)) < 1)
        return request_refuse(r, IPP_STATUS_ERROR_BAD_REQUEST, "The limit must be 1 or more.");
    if (asks_for_others(r))
        return OK;
    if ((e = jobs_list(r->queue->jobs, mine_only ? r->uid : JOBS_ANY_UID, &numbers, &count)) != OK)
        return e;
    l.names = ippCreateRequestedArray(r->ask);
    for (size_t i = 0; i < count && l.left > 0; i++)
        list_job(&l, numbers[l.which->newest_first ? count - 1 - i : i]);
    cupsArrayDelete(l.names);
    free(numbers);
    return OK;
}

static enum err cancel(struct request *r, uint32_t number)
{
    switch (jobs_cancel(r->queue->jobs, number)) {
    case OK:
        return OK;
    case ERR_STATE:
        return request_refuse(r, IPP_STATUS_ERROR_NOT_POSSIBLE, "The job is over already.");
    case ERR_NOTFOUND:
        return request_refuse(r, IPP_STATUS_ERROR_NOT_FOUND, "There is no such job of yours.");
    default:
        return request_refuse(r, IPP_STATUS_ERROR_TEMPORARY, "The cancel could not be written to disk.");
    }
}

enum err cancel_job_end(struct request *r)
{
    struct job_view job;
    enum err e;

    if ((e = job_request_find(r, &job)) != OK)
        return e;
    e = job.state == JOB_CANCELED ? ERR_STATE : OK;
    job_view_clear(&job);
    if (e != OK)
        return request_refuse(r, IPP_STATUS_ERROR_NOT_POSSIBLE, "The job is canceled already.");
    return cancel(r, job.number);
}

/* All of one's own, or those that job-ids names; what is over already is no reason to stop. */
enum err cancel_my_jobs_end(struct request *r)
{
    ipp_attribute_t *ids = ippFindAttribute(r->ask, "job-ids", IPP_TAG_INTEGER);
    uint32_t *numbers = NULL;
    size_t count = 0;
    enum err e;

    if ((e = jobs_list(r->queue->jobs, r->uid, &numbers, &count)) != OK)
        return e;
    for (int i = 0; ids != NULL && i < ippGetCount(ids); i++) {
        size_t at = 0;

        while (at < count && numbers[at] != (uint32_t)ippGetInteger(ids, i))
            at++;
        if (at == count) {
            e = request_refuse(r, IPP_STATUS_ERROR_NOT_FOUND, "You have no job %d.", ippGetInteger(ids, i));
            goto out;
        }
    }
    for (size_t i = 0; i < count && e == OK; i++) {
        int named = ids == NULL || ippContainsInteger(ids, (int)numbers[i]);
        enum err canceled = named ? jobs_cancel(r->queue->jobs, numbers[i]) : OK;

        if (canceled != OK && canceled != ERR_STATE && canceled != ERR_NOTFOUND)
            e = request_refuse(r, IPP_STATUS_ERROR_TEMPORARY, "A cancel could not be written to disk.");
    }
out:
    free(numbers);
    return e;
}

/* No more documents will come. With one it is held anyhow; without any there is nothing to hold. */
enum err close_job_end(struct request *r)
{
    struct job_view job;
    enum err e;

    if ((e = job_request_find(r, &job)) != OK)
        return e;
    if (job.state == JOB_RECEIVING)
        e = cancel(r, job.number);
    job_view_clear(&job);
    return e;
}

/* It is held: that is what this queue is for. */
enum err hold_job_end(struct request *r)
{
    struct job_view job;
    enum err e;

    if ((e = job_request_find(r, &job)) != OK)
        return e;
    if (job.state != JOB_RECEIVING && !jobstate_may_order(job.state))
        e = request_refuse(r, IPP_STATUS_ERROR_NOT_POSSIBLE, "The job is printing or over.");
    job_view_clear(&job);
    return e;
}

/* Never from here: only the device scout, asked by a person at a printer, can give the key away. */
enum err release_job_end(struct request *r)
{
    struct job_view job;
    enum err e;

    if ((e = job_request_find(r, &job)) != OK)
        return e;
    job_view_clear(&job);
    return request_refuse(r, IPP_STATUS_ERROR_NOT_POSSIBLE, "Go to a printer and sign in there to release the job.");
}
