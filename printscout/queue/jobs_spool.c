/* SPDX-License-Identifier: Apache-2.0 */
/* jobs_spool: what the spool says of the jobs: at start, later the courier's word on each, and clearing away. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "printscout/queue/jobs_parts.h"
#include "printscout/queue/owner.h"
#include "printscout/queue/people.h"

static void keep_text(char **at, const char *text)
{
    if (*at != NULL && strcmp(*at, text) == 0)
        return;
    free(*at);
    *at = text[0] != '\0' ? strdup(text) : NULL; /* without memory the text is missing in an answer, no more */
}

/* With the lock held. */
static void take_state(struct jobs *j, struct job *job, const struct spool_state *s, const struct stat *st)
{
    job->state = (enum job_state)s->state;
    job->reason = (enum job_reason)s->reason;
    job->report_pending = s->report_pending;
    job->impressions = s->impressions;
    job->state_inode = st->st_ino;
    job->state_changed = st->st_mtim;
    keep_text(&job->printer, s->printer);
    keep_text(&job->printer_reasons, s->printer_state_reasons);
    if (job->processing_unix_ms == 0 && (s->state == JOB_ORDERED || s->state == JOB_DELIVERING))
        job->processing_unix_ms = s->changed_unix_ms;
    if (jobstate_is_final(job->state) && job->final_boot_ms == 0) {
        job->completed_unix_ms = s->changed_unix_ms;
        jobs_end(j, job, job->state);
    }
}

void jobs_refresh(struct jobs *j, uint32_t number)
{
    char path[SPOOL_PATH_SIZE];
    struct spool_state *s = NULL;
    struct timespec known = {0, 0};
    struct id id = {{0}};
    ino_t inode = 0;
    struct job *job;
    struct stat st;

    pthread_mutex_lock(&j->lock);
    if ((job = jobs_find(j, number)) != NULL && (!jobstate_is_final(job->state) || job->report_pending)) {
        id = job->id;
        inode = job->state_inode;
        known = job->state_changed;
    }
    pthread_mutex_unlock(&j->lock);
    if (id_is_zero(id))
        return;
    /* A state file appears by rename: the same inode with the same time is the same file. */
    if (fstatat(j->spool, spool_path(path, SPOOL_JOBS, id, SPOOL_FILE_STATE), &st, 0) != 0)
        return;
    if (st.st_ino == inode && st.st_mtim.tv_sec == known.tv_sec && st.st_mtim.tv_nsec == known.tv_nsec)
        return;
    if ((s = malloc(sizeof *s)) == NULL || spool_state_read(j->spool, id, s) != OK)
        goto out;
    pthread_mutex_lock(&j->lock);
    if ((job = jobs_find(j, number)) != NULL)
        take_state(j, job, s, &st);
    pthread_mutex_unlock(&j->lock);
out:
    free(s);
}

void jobs_refresh_all(struct jobs *j, uint32_t uid)
{
    uint32_t *numbers = NULL;
    size_t count = 0;

    if (jobs_list(j, uid, &numbers, &count) != OK)
        return;
    for (size_t i = 0; i < count; i++)
        jobs_refresh(j, numbers[i]);
    free(numbers);
}

static void erase_folder(int spool, struct id id)
{
    char path[SPOOL_PATH_SIZE];
    const enum err e = file_erase(spool, spool_path(path, SPOOL_JOBS, id, NULL));

    if (e != OK && e != ERR_NOTFOUND)
        log_error("job_not_removed", "folder=%s reason=%s", path, err_name(e));
}

/* With the lock held: is it over, and nobody needs it any more? */
static int is_over(struct jobs *j, struct job *job, uint64_t history_ms)
{
    const uint64_t now = clock_boot_ms();

    if (job->state == JOB_RECEIVING && !job->is_arriving && now - job->waiting_boot_ms > JOBS_DOCUMENT_MS)
        jobs_end(j, job, JOB_EXPIRED);
    return job->final_boot_ms != 0 && !job->report_pending && now - job->final_boot_ms >= history_ms;
}

static void sweep(struct jobs *j, uint64_t history_ms)
{
    uint32_t *numbers = NULL;
    size_t count = 0;

    if (jobs_list(j, JOBS_ANY_UID, &numbers, &count) != OK)
        return;
    for (size_t i = 0; i < count; i++) {
        struct id id = {{0}};
        struct job *job;

        jobs_refresh(j, numbers[i]);
        pthread_mutex_lock(&j->lock);
        if ((job = jobs_find(j, numbers[i])) != NULL && is_over(j, job, history_ms)) {
            id = job->id;
            jobs_drop(j, job);
        }
        pthread_mutex_unlock(&j->lock);
        if (!id_is_zero(id))
            erase_folder(j->spool, id);
    }
    free(numbers);
}

void jobs_sweep(struct jobs *j)
{
    sweep(j, JOBS_HISTORY_MS);
}

/* Whatever was arriving when the last process ended was acknowledged to nobody. */
static enum err clear_incoming(int spool)
{
    char path[SPOOL_PATH_SIZE];
    const struct dirent *entry;
    enum err e = OK;
    struct id id;
    DIR *d;
    int fd;

    if ((fd = openat(spool, SPOOL_INCOMING, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return ERR_IO;
    if ((d = fdopendir(fd)) == NULL) {
        close(fd);
        return ERR_IO;
    }
    while (e == OK && (entry = readdir(d)) != NULL) {
        if (id_read(entry->d_name, &id) == OK)
            e = file_erase(spool, spool_path(path, SPOOL_INCOMING, id, NULL));
    }
    closedir(d);
    return e;
}

/* What was said of the job is gone with the last process's memory. */
static enum err placeholder(struct people *people, uint32_t uid, const struct words **out)
{
    _Static_assert(ACCOUNT_SIZE == PERSON_SIZE, "a person is an account here");
    char account[ACCOUNT_SIZE];

    if ((people_is_number(uid) ? people_name(people, uid, account) : owner_account(uid, account)) != OK)
        snprintf(account, sizeof account, "uid-%u", (unsigned)uid);
    return words_new(&(struct words){.title = WORDS_PLACEHOLDER, .account = account, .owner = "", .format = ""}, out);
}

struct restoring {
    struct jobs *jobs;
    struct people *people;
    uint32_t highest;
};

static enum err restore_job(void *arg, struct id id)
{
    char path[SPOOL_PATH_SIZE], hex[ID_HEX_SIZE];
    struct restoring *r = arg;
    struct spool_queue q;
    struct job *job = NULL;
    enum err e;

    if ((e = spool_queue_read(r->jobs->spool, id, &q)) != OK) {
        log_error("job_not_readable", "job=%s reason=%s", id_text(id, hex), err_name(e));
        return e == ERR_NOMEM ? e : OK; /* the others are not to suffer for it, and nothing is deleted unread */
    }
    if ((job = calloc(1, sizeof *job)) == NULL || placeholder(r->people, q.uid, &job->words) != OK) {
        job_free(job);
        return ERR_NOMEM;
    }
    job->number = q.job_number;
    job->uid = q.uid;
    job->id = id;
    job->state = JOB_HELD;
    job->created_unix_ms = q.created_unix_ms;
    job->document_bytes = q.document_bytes;
    job->impressions = IMPRESSIONS_UNKNOWN;
    job->cancel_asked = faccessat(r->jobs->spool, spool_path(path, SPOOL_JOBS, id, SPOOL_FILE_CANCEL), F_OK, 0) == 0;
    if (r->highest < q.job_number)
        r->highest = q.job_number;
    pthread_mutex_lock(&r->jobs->lock);
    e = jobs_insert(r->jobs, job);
    pthread_mutex_unlock(&r->jobs->lock);
    if (e != OK)
        job_free(job);
    if (e == ERR_EXISTS) {
        log_error("job_number_twice", "job=%s job-id=%u", id_text(id, hex), (unsigned)q.job_number);
        e = OK;
    }
    return e;
}

enum err jobs_restore(struct jobs *j, struct people *people, uint32_t *highest)
{
    struct restoring r = {.jobs = j, .people = people};
    enum err e;

    if ((e = clear_incoming(j->spool)) != OK)
        return e;
    if ((e = spool_each(j->spool, restore_job, &r)) != OK)
        return e;
    for (size_t i = 0; i < j->len; i++)
        jobs_refresh(j, j->table[i]->number);
    sweep(j, 0); /* history does not outlive the process */
    *highest = r.highest;
    log_info("jobs_restored", "count=%zu", j->len);
    return OK;
}
