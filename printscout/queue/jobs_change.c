/* SPDX-License-Identifier: Apache-2.0 */
/* jobs_change: the seals of held jobs, by which a description can be written again; nothing that opens anything. */
#include "crypto/seal.h"
#include "printscout/queue/jobs_parts.h"

static void drop_oldest(struct jobs *j)
{
    for (size_t i = 0; i < j->len; i++) {
        if (j->table[i]->seal != NULL) {
            jobs_set_seal(j, j->table[i], NULL);
            return;
        }
    }
}

void jobs_set_seal(struct jobs *j, struct job *job, struct seal *seal)
{
    if (job->seal != NULL) {
        seal_free(job->seal);
        j->seals--;
    }
    job->seal = seal;
    if (seal != NULL && ++j->seals > JOBS_CHANGEABLE_MAX)
        drop_oldest(j);
}

/* With the lock held. */
static enum err may_change(const struct job *job)
{
    if (job == NULL)
        return ERR_NOTFOUND;
    if (!jobstate_may_order(job->state) || job->cancel_asked || job->is_changing)
        return ERR_STATE;
    return job->seal != NULL ? OK : ERR_UNSUPPORTED;
}

enum err jobs_change_begin(struct jobs *j, uint32_t number, struct job_change *out)
{
    struct job *job;
    enum err e;

    jobs_refresh(j, number);
    pthread_mutex_lock(&j->lock);
    job = jobs_find(j, number);
    if ((e = may_change(job)) == OK) {
        *out = (struct job_change){.id = job->id,
                                   .seal = job->seal,
                                   .description_number = job->descriptions + 1,
                                   .created_unix_ms = job->created_unix_ms,
                                   .document_bytes = job->document_bytes,
                                   .words = words_hold(job->words)};
        job->seal = NULL; /* theirs until jobs_change_end */
        job->is_changing = 1;
        j->seals--;
    }
    pthread_mutex_unlock(&j->lock);
    return e;
}

void jobs_change_end(struct jobs *j, uint32_t number, struct job_change *c, const struct words *words)
{
    struct job *job;

    pthread_mutex_lock(&j->lock);
    if ((job = jobs_find(j, number)) == NULL || job->final_boot_ms != 0) {
        seal_free(c->seal); /* it was over meanwhile */
    } else {
        jobs_set_seal(j, job, c->seal);
        job->is_changing = 0;
        if (words != NULL) {
            job->descriptions = c->description_number;
            words_drop(job->words);
            job->words = words_hold(words);
        }
    }
    pthread_mutex_unlock(&j->lock);
    words_drop(c->words);
    *c = (struct job_change){.seal = NULL};
}
