/* SPDX-License-Identifier: Apache-2.0 */
/* jobs: two growing arrays, jobs and orders, and a map of ids to places for each. A job's orders are a list. */
#include "devicescout/keyholder/jobs.h"

#include <stdlib.h>

#include "devicescout/keyholder/idmap.h"

#define NONE UINT32_MAX

struct job {
    struct id id;
    uint32_t epoch;
    uint32_t latest; /* place of its newest order, or NONE */
    uint8_t closed;  /* enum close_reason, or 0 */
};

struct order {
    struct jobs_order o;
    uint32_t before; /* place of the job's order before this one, or NONE */
};

struct jobs {
    struct idmap by_job, by_order;
    struct job *jobs;
    struct order *orders;
    size_t jobs_len, jobs_size, orders_len, orders_size;
};

enum err jobs_new(struct jobs **out)
{
    struct jobs *j = calloc(1, sizeof *j);

    if (j == NULL)
        return ERR_NOMEM;
    *out = j;
    return OK;
}

static void clear(struct jobs *j)
{
    idmap_free(&j->by_job);
    idmap_free(&j->by_order);
    free(j->jobs);
    free(j->orders);
}

void jobs_free(struct jobs *j)
{
    if (j == NULL)
        return;
    clear(j);
    free(j);
}

static struct job *find_job(const struct jobs *j, struct id id)
{
    uint32_t place;

    return idmap_get(&j->by_job, id, &place) == OK ? &j->jobs[place] : NULL;
}

int jobs_is_closed(const struct jobs *j, struct id job, uint8_t *reason)
{
    const struct job *found = find_job(j, job);

    if (found == NULL || found->closed == 0)
        return 0;
    *reason = found->closed;
    return 1;
}

enum err jobs_epoch(const struct jobs *j, struct id job, uint32_t *epoch)
{
    const struct job *found = find_job(j, job);

    if (found == NULL)
        return ERR_NOTFOUND;
    *epoch = found->epoch;
    return OK;
}

int jobs_is_ordered(const struct jobs *j, struct id job, uint64_t now_boot_ms)
{
    const struct job *found = find_job(j, job);

    for (uint32_t at = found != NULL ? found->latest : NONE; at != NONE; at = j->orders[at].before) {
        if (j->orders[at].o.state == 0 && now_boot_ms <= j->orders[at].o.bar_boot_ms)
            return 1;
    }
    return 0;
}

enum err jobs_order(const struct jobs *j, struct id order, const struct jobs_order **out)
{
    uint32_t place;
    enum err e = idmap_get(&j->by_order, order, &place);

    if (e == OK)
        *out = &j->orders[place].o;
    return e;
}

int jobs_is_full(const struct jobs *j)
{
    return j->jobs_len >= JOBS_MAX || j->orders_len >= JOBS_MAX;
}

/* The job, made when it is not known. */
static enum err take_job(struct jobs *j, struct id id, uint32_t epoch, struct job **out)
{
    enum err e;

    if ((*out = find_job(j, id)) != NULL)
        return OK;
    if (jobs_is_full(j))
        return ERR_FULL;
    if (j->jobs_len == j->jobs_size) {
        const size_t size = j->jobs_size > 0 ? 2 * j->jobs_size : 64;
        struct job *more = realloc(j->jobs, size * sizeof *more);

        if (more == NULL)
            return ERR_NOMEM;
        j->jobs = more;
        j->jobs_size = size;
    }
    if ((e = idmap_put(&j->by_job, id, (uint32_t)j->jobs_len)) != OK)
        return e;
    *out = &j->jobs[j->jobs_len++];
    **out = (struct job){.id = id, .epoch = epoch, .latest = NONE};
    return OK;
}

enum err jobs_grant(struct jobs *j, const struct jobs_order *order, uint32_t epoch)
{
    struct job *job;
    enum err e;

    if (jobs_is_full(j))
        return ERR_FULL;
    if (j->orders_len == j->orders_size) {
        const size_t size = j->orders_size > 0 ? 2 * j->orders_size : 64;
        struct order *more = realloc(j->orders, size * sizeof *more);

        if (more == NULL)
            return ERR_NOMEM;
        j->orders = more;
        j->orders_size = size;
    }
    if ((e = take_job(j, order->job, epoch, &job)) != OK ||
        (e = idmap_put(&j->by_order, order->order, (uint32_t)j->orders_len)) != OK)
        return e;
    j->orders[j->orders_len] = (struct order){.o = *order, .before = job->latest};
    job->latest = (uint32_t)j->orders_len++;
    return OK;
}

enum err jobs_close(struct jobs *j, struct id job, uint32_t epoch, uint8_t reason)
{
    struct job *found;
    enum err e;

    if ((e = take_job(j, job, epoch, &found)) != OK)
        return e;
    if (found->closed == 0)
        found->closed = reason;
    return OK;
}

enum err jobs_report(struct jobs *j, struct id order, uint8_t state, uint8_t reason)
{
    uint32_t place;
    enum err e = idmap_get(&j->by_order, order, &place);

    if (e != OK)
        return e;
    j->orders[place].o.state = state;
    j->orders[place].o.reason = reason;
    return OK;
}

/* Copy what belongs to later epochs. Orders stand oldest first, as jobs_grant wants them. */
static enum err keep_later(struct jobs *to, const struct jobs *from, uint32_t epoch)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < from->orders_len; i++) {
        const struct jobs_order *o = &from->orders[i].o;
        const struct job *job = find_job(from, o->job);

        if (job->epoch > epoch)
            e = jobs_grant(to, o, job->epoch);
    }
    for (size_t i = 0; e == OK && i < from->jobs_len; i++) {
        const struct job *job = &from->jobs[i];

        if (job->epoch > epoch && job->closed != 0)
            e = jobs_close(to, job->id, job->epoch, job->closed);
    }
    return e;
}

enum err jobs_forget(struct jobs *j, uint32_t epoch)
{
    struct jobs next = {0};
    enum err e;

    if ((e = keep_later(&next, j, epoch)) != OK) {
        clear(&next);
        return e;
    }
    clear(j);
    *j = next;
    return OK;
}

size_t jobs_count(const struct jobs *j)
{
    return j->jobs_len;
}
