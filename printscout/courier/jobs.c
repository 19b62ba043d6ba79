/* SPDX-License-Identifier: Apache-2.0 */
/* jobs: one list, two hashes into it. Ids are random and watches count up, so both are their own hash. */
#include "printscout/courier/jobs.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

enum err jobs_start(struct jobs *t)
{
    t->by_id = calloc(JOBS_BUCKETS, sizeof(struct job *));
    t->by_watch = calloc(JOBS_BUCKETS, sizeof(struct job *));
    return t->by_id != NULL && t->by_watch != NULL ? OK : ERR_NOMEM;
}

void jobs_end(struct jobs *t)
{
    while (t->first != NULL)
        jobs_remove(t, t->first);
    free(t->by_id);
    free(t->by_watch);
    *t = (struct jobs){0};
}

static struct job **bucket_of_id(const struct jobs *t, struct id id)
{
    return &t->by_id[(id.b[0] << 8 | id.b[1]) % JOBS_BUCKETS];
}

static struct job **bucket_of_watch(const struct jobs *t, int watch)
{
    return &t->by_watch[(unsigned)watch % JOBS_BUCKETS];
}

struct job *jobs_find(const struct jobs *t, struct id id)
{
    struct job *j = *bucket_of_id(t, id);

    while (j != NULL && !id_equal(j->id, id))
        j = j->next_by_id;
    return j;
}

struct job *jobs_find_watch(const struct jobs *t, int watch)
{
    struct job *j = watch < 0 ? NULL : *bucket_of_watch(t, watch);

    while (j != NULL && j->watch != watch)
        j = j->next_by_watch;
    return j;
}

static void link_last(struct jobs *t, struct job *j)
{
    j->next = NULL;
    j->previous = t->last;
    if (t->last != NULL)
        t->last->next = j;
    else
        t->first = j;
    t->last = j;
}

static void unlink_job(struct jobs *t, struct job *j)
{
    if (j->previous != NULL)
        j->previous->next = j->next;
    else
        t->first = j->next;
    if (j->next != NULL)
        j->next->previous = j->previous;
    else
        t->last = j->previous;
}

enum err jobs_add(struct jobs *t, struct id id, struct job **out)
{
    struct job *j;

    if (jobs_find(t, id) != NULL)
        return ERR_EXISTS;
    if ((j = calloc(1, sizeof *j)) == NULL)
        return ERR_NOMEM;
    j->id = id;
    j->state = JOB_HELD;
    j->watch = -1;
    j->next_by_id = *bucket_of_id(t, id);
    *bucket_of_id(t, id) = j;
    link_last(t, j);
    t->count++;
    *out = j;
    return OK;
}

static void forget_watch(struct jobs *t, struct job *j)
{
    struct job **at = j->watch < 0 ? NULL : bucket_of_watch(t, j->watch);

    while (at != NULL && *at != NULL) {
        if (*at == j)
            *at = j->next_by_watch;
        else
            at = &(*at)->next_by_watch;
    }
    j->watch = -1;
    j->next_by_watch = NULL;
}

void jobs_set_watch(struct jobs *t, struct job *j, int watch)
{
    forget_watch(t, j);
    if (watch < 0)
        return;
    j->watch = watch;
    j->next_by_watch = *bucket_of_watch(t, watch);
    *bucket_of_watch(t, watch) = j;
}

void jobs_move_last(struct jobs *t, struct job *j)
{
    unlink_job(t, j);
    link_last(t, j);
}

void jobs_remove(struct jobs *t, struct job *j)
{
    struct job **at = bucket_of_id(t, j->id);

    forget_watch(t, j);
    while (*at != j)
        at = &(*at)->next_by_id;
    *at = j->next_by_id;
    unlink_job(t, j);
    t->count--;
    free(j);
}

enum err job_move(struct job *j, enum job_event event)
{
    char hex[ID_HEX_SIZE];

    return jobstate_move(&j->state, event, id_text(j->id, hex));
}

void job_save(int spool, const struct job *j, const struct spool_state *s)
{
    struct spool_state now = {.impressions = IMPRESSIONS_UNKNOWN};
    char hex[ID_HEX_SIZE];
    enum err e;

    if (s != NULL)
        now = *s;
    else if (spool_state_read(spool, j->id, &now) != OK)
        now = (struct spool_state){.impressions = IMPRESSIONS_UNKNOWN};
    now.state = (uint8_t)j->state;
    now.reason = (uint8_t)j->reason;
    now.report_pending = j->pending != 0;
    now.order = j->order;
    now.changed_unix_ms = clock_unix_ms();
    if ((e = spool_state_write(spool, j->id, &now)) != OK)
        log_error("job_state_not_written", "job=%s reason=%s", id_text(j->id, hex), err_name(e));
}
