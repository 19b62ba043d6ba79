/* SPDX-License-Identifier: Apache-2.0 */
/* open_job: from a description file to its fields. The job key never leaves the memory that is opened here. */
#include "devicescout/keyholder/open_job.h"

#include "crypto/unwrap.h"

static enum err check_header(struct ask *a, const struct job_header *h)
{
    uint8_t reason;

    ask_about(a, "job", h->job);
    if (!id_equal(h->site, a->k->site))
        return ask_refuse(a, ERR_REFUSED, "other-site", "The job belongs to another site.");
    if (jobs_is_closed(a->k->jobs, h->job, &reason))
        return ask_refuse(a, ERR_REPLAY, "job-closed", "The job is closed for ever.");
    return OK;
}

static enum err unwrap(struct ask *a, struct open_job *job)
{
    const struct bulletin_epoch *epoch = registry_epoch(a->k->registry, job->header.epoch);
    const uint8_t *secret = epochs_secret(a->k->epochs, job->header.epoch);
    struct wrap_info info;

    if (epoch == NULL || secret == NULL)
        return ask_refuse(a, ERR_EXPIRED, "epoch-gone", "The key of the job's epoch is destroyed.");
    wrap_info_job(&info, job->header.site, job->header.job, job->header.epoch);
    if (unwrap_key(secret, epoch->public_key, info.pieces, 2, job->header.wrapped_key, job->key) != OK)
        return ask_refuse(a, ERR_AUTH, "key-does-not-open", "The job's key does not open.");
    return OK;
}

enum err open_job(struct ask *a, const uint8_t *file, size_t len, struct open_job **out)
{
    struct open_job *job = secret_new(sizeof *job);
    enum err e;

    if (job == NULL)
        return ask_refuse(a, ERR_NOMEM, "no-memory", err_text(ERR_NOMEM));
    if ((e = header_read(file, len, &job->header)) != OK) {
        e = ask_refuse(a, e, "no-header", "That is not a job's description.");
        goto out;
    }
    if ((e = check_header(a, &job->header)) != OK || (e = unwrap(a, job)) != OK)
        goto out;
    if ((e = description_open(job->key, file, len, job->plain, job->owner, &job->d)) != OK) {
        e = ask_refuse(a, e == ERR_LIMIT ? ERR_FORMAT : e, "description-does-not-open",
                       "The job's description does not open.");
        goto out;
    }
    *out = job; /* the caller owns it now */
    job = NULL;
out:
    secret_free(job);
    return e;
}
