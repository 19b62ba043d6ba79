/* SPDX-License-Identifier: Apache-2.0 */
/* jobs_document: a job on its way into the spool, and out of it when its person cancels. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/seal.h"
#include "printscout/queue/jobs_parts.h"

void jobs_end(struct jobs *j, struct job *job, enum job_state state)
{
    job->state = state;
    job->is_arriving = 0;
    jobs_set_seal(j, job, NULL);
    job->final_boot_ms = clock_boot_ms();
    if (job->completed_unix_ms == 0)
        job->completed_unix_ms = clock_unix_ms();
}

enum err jobs_document_begin(struct jobs *j, uint32_t number)
{
    struct job *job;
    enum err e = OK;

    pthread_mutex_lock(&j->lock);
    if ((job = jobs_find(j, number)) == NULL)
        e = ERR_NOTFOUND;
    else if (jobstate_is_final(job->state) || job->cancel_asked)
        e = ERR_STATE;
    else if (job->state != JOB_RECEIVING || job->is_arriving)
        e = ERR_EXISTS;
    else
        job->is_arriving = 1;
    pthread_mutex_unlock(&j->lock);
    return e;
}

int jobs_document_is_wanted(struct jobs *j, uint32_t number)
{
    const struct job *job;
    int wanted;

    pthread_mutex_lock(&j->lock);
    job = jobs_find(j, number);
    wanted = job != NULL && !job->cancel_asked;
    pthread_mutex_unlock(&j->lock);
    return wanted;
}

void jobs_document_broke(struct jobs *j, uint32_t number)
{
    struct job *job;

    pthread_mutex_lock(&j->lock);
    if ((job = jobs_find(j, number)) != NULL && job->state == JOB_RECEIVING) {
        job->is_arriving = 0;
        job->waiting_boot_ms = clock_boot_ms();
        if (job->cancel_asked)
            jobs_end(j, job, JOB_CANCELED);
    }
    pthread_mutex_unlock(&j->lock);
}

enum err jobs_document_end(struct jobs *j, uint32_t number, const struct job_document *d)
{
    char hex[ID_HEX_SIZE];
    struct job *job;
    enum err e = ERR_NOTFOUND;

    pthread_mutex_lock(&j->lock);
    if ((job = jobs_find(j, number)) == NULL) {
        seal_free(d->seal);
    } else {
        job->id = d->id;
        job->document_bytes = d->bytes;
        job->descriptions = 1;
        job->is_arriving = 0;
        jobs_set_seal(j, job, d->seal);
        if (d->words != NULL) {
            words_drop(job->words);
            job->words = words_hold(d->words);
        }
        e = jobstate_move(&job->state, EV_UPLOAD_ENDED, id_text(d->id, hex));
        if (e == OK && job->cancel_asked)
            e = ERR_STATE;
    }
    pthread_mutex_unlock(&j->lock);
    return e;
}

/* jobs/ID/cancel, durable. The courier reads it, whenever it runs next. */
static enum err write_cancel(int spool, struct id id)
{
    char path[SPOOL_PATH_SIZE];
    enum err e;
    int fd = openat(spool, spool_path(path, SPOOL_JOBS, id, SPOOL_FILE_CANCEL), O_WRONLY | O_CREAT | O_CLOEXEC, 0640);

    if (fd < 0)
        return errno == ENOENT ? ERR_STATE : errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
    e = file_sync(fd);
    close(fd);
    return e == OK ? file_sync_parent(spool, path) : e;
}

enum err jobs_cancel(struct jobs *j, uint32_t number)
{
    struct job *job;
    struct id id = {{0}};
    enum err e = OK;

    jobs_refresh(j, number);
    pthread_mutex_lock(&j->lock);
    if ((job = jobs_find(j, number)) == NULL)
        e = ERR_NOTFOUND;
    else if (jobstate_is_final(job->state))
        e = ERR_STATE;
    else if (job->state == JOB_RECEIVING) {
        job->cancel_asked = 1; /* whoever brings the document finds out */
        if (!job->is_arriving)
            jobs_end(j, job, JOB_CANCELED);
    } else {
        id = job->id;
    }
    pthread_mutex_unlock(&j->lock);
    if (e != OK || id_is_zero(id))
        return e;

    if ((e = write_cancel(j->spool, id)) != OK)
        return e;
    pthread_mutex_lock(&j->lock);
    if ((job = jobs_find(j, number)) != NULL)
        job->cancel_asked = 1;
    pthread_mutex_unlock(&j->lock);
    log_info("cancel_asked", "job-id=%u", (unsigned)number);
    return OK;
}
