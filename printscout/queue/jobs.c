/* SPDX-License-Identifier: Apache-2.0 */
/* jobs: the table, and looking at it. Changing a job is jobs_document.c; what the spool says of it, jobs_spool.c. */
#include "printscout/queue/jobs.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/seal.h"
#include "printscout/queue/jobs_parts.h"

enum err jobs_new(int spool, struct jobs **out)
{
    struct jobs *j = calloc(1, sizeof *j);

    if (j == NULL)
        return ERR_NOMEM;
    j->spool = spool;
    pthread_mutex_init(&j->lock, NULL);
    *out = j;
    return OK;
}

void job_free(struct job *job)
{
    if (job == NULL)
        return;
    seal_free(job->seal);
    words_drop(job->words);
    free(job->printer);
    free(job->printer_reasons);
    free(job);
}

void jobs_free(struct jobs *j)
{
    if (j == NULL)
        return;
    for (size_t i = 0; i < j->len; i++)
        job_free(j->table[i]);
    free(j->table);
    pthread_mutex_destroy(&j->lock);
    free(j);
}

/* Where the number stands, or would stand. */
static size_t place_of(const struct jobs *j, uint32_t number)
{
    size_t low = 0, high = j->len;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (j->table[middle]->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct job *jobs_find(const struct jobs *j, uint32_t number)
{
    const size_t place = place_of(j, number);

    return place < j->len && j->table[place]->number == number ? j->table[place] : NULL;
}

enum err jobs_insert(struct jobs *j, struct job *job)
{
    const size_t place = place_of(j, job->number);

    if (place < j->len && j->table[place]->number == job->number)
        return ERR_EXISTS;
    if (j->len == j->size) {
        const size_t size = j->size != 0 ? 2 * j->size : 64;
        struct job **table = reallocarray(j->table, size, sizeof *table);

        if (table == NULL)
            return ERR_NOMEM;
        j->table = table;
        j->size = size;
    }
    memmove(j->table + place + 1, j->table + place, (j->len - place) * sizeof *j->table);
    j->table[place] = job;
    j->len++;
    return OK;
}

void jobs_drop(struct jobs *j, struct job *job)
{
    const size_t place = place_of(j, job->number);

    jobs_set_seal(j, job, NULL);
    j->len--;
    memmove(j->table + place, j->table + place + 1, (j->len - place) * sizeof *j->table);
    job_free(job);
}

static int is_open(const struct job *job)
{
    return !jobstate_is_final(job->state) && !job->cancel_asked;
}

/* As a person sees it: what was canceled before it prints is canceled, although the courier has yet to erase it. */
static enum job_state state_seen(const struct job *job)
{
    if (job->cancel_asked && (job->state == JOB_RECEIVING || jobstate_may_order(job->state)))
        return JOB_CANCELED;
    return job->state;
}

static void copy_text(char *out, size_t size, const char *text)
{
    if (text == NULL)
        out[0] = '\0';
    else
        memcpy(out, text, strnlen(text, size - 1) + 1);
    out[size - 1] = '\0';
}

enum err jobs_view(struct jobs *j, uint32_t number, struct job_view *out)
{
    const struct job *job;

    jobs_refresh(j, number);
    pthread_mutex_lock(&j->lock);
    if ((job = jobs_find(j, number)) != NULL) {
        *out = (struct job_view){.number = job->number,
                                 .uid = job->uid,
                                 .id = job->id,
                                 .state = state_seen(job),
                                 .reason = job->reason,
                                 .is_stopping = job->cancel_asked && !jobstate_is_final(state_seen(job)),
                                 .has_document = !id_is_zero(job->id),
                                 .created_unix_ms = job->created_unix_ms,
                                 .processing_unix_ms = job->processing_unix_ms,
                                 .completed_unix_ms = job->completed_unix_ms,
                                 .document_bytes = job->document_bytes,
                                 .impressions = job->impressions,
                                 .words = words_hold(job->words)};
        copy_text(out->printer, sizeof out->printer, job->printer);
        copy_text(out->printer_reasons, sizeof out->printer_reasons, job->printer_reasons);
    }
    pthread_mutex_unlock(&j->lock);
    return job != NULL ? OK : ERR_NOTFOUND;
}

void job_view_clear(struct job_view *v)
{
    words_drop(v->words);
    v->words = NULL;
}

enum err jobs_list(struct jobs *j, uint32_t uid, uint32_t **out, size_t *count)
{
    uint32_t *numbers = NULL;
    size_t n = 0;
    enum err e = OK;

    pthread_mutex_lock(&j->lock);
    if (j->len > 0 && (numbers = reallocarray(NULL, j->len, sizeof *numbers)) == NULL)
        e = ERR_NOMEM;
    for (size_t i = 0; numbers != NULL && i < j->len; i++) {
        if (uid == JOBS_ANY_UID || j->table[i]->uid == uid)
            numbers[n++] = j->table[i]->number;
    }
    pthread_mutex_unlock(&j->lock);
    if (e == OK) {
        *out = numbers;
        *count = n;
    }
    return e;
}

static size_t count_open(const struct jobs *j, uint32_t uid)
{
    size_t n = 0;

    for (size_t i = 0; i < j->len; i++)
        n += (uid == JOBS_ANY_UID || j->table[i]->uid == uid) && is_open(j->table[i]);
    return n;
}

size_t jobs_open_count(struct jobs *j, uint32_t uid)
{
    size_t n;

    pthread_mutex_lock(&j->lock);
    n = count_open(j, uid);
    pthread_mutex_unlock(&j->lock);
    return n;
}

size_t jobs_queued_count(struct jobs *j)
{
    return jobs_open_count(j, JOBS_ANY_UID);
}

static enum err insert_below(struct jobs *j, struct job *job, size_t open_max)
{
    enum err e = ERR_LIMIT;

    pthread_mutex_lock(&j->lock);
    if (count_open(j, job->uid) < open_max)
        e = jobs_insert(j, job);
    pthread_mutex_unlock(&j->lock);
    return e;
}

enum err jobs_add(struct jobs *j, const struct job_new *n, size_t open_max)
{
    struct job *job = calloc(1, sizeof *job);
    enum err e;

    if (job == NULL)
        return ERR_NOMEM;
    job->number = n->number;
    job->uid = n->uid;
    job->state = JOB_RECEIVING;
    job->created_unix_ms = n->created_unix_ms;
    job->waiting_boot_ms = clock_boot_ms();
    job->impressions = IMPRESSIONS_UNKNOWN;
    job->words = words_hold(n->words);
    if ((e = insert_below(j, job, open_max)) == ERR_LIMIT) {
        jobs_refresh_all(j, n->uid); /* the courier may have ended some since */
        e = insert_below(j, job, open_max);
    }
    if (e != OK)
        job_free(job);
    return e;
}

void jobs_remove(struct jobs *j, uint32_t number)
{
    struct job *job;

    pthread_mutex_lock(&j->lock);
    if ((job = jobs_find(j, number)) != NULL)
        jobs_drop(j, job);
    pthread_mutex_unlock(&j->lock);
}
