/* SPDX-License-Identifier: Apache-2.0 */
/* task: over to a worker thread and back, whether or not somebody still waits. */
#include "devicescout/web/task.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/secret.h"
#include "devicescout/web/web_state.h"

#define PERSON_TASKS_MAX 2

static void task_free(void *arg)
{
    struct task *t = arg;

    if (t->listed)
        LIST_REMOVE(t, next);
    if (t->request != NULL)
        t->request->task = NULL;
    secret_wipe(t, sizeof *t);
    free(t);
}

static void on_run(void *arg)
{
    struct task *t = arg;

    t->run(t);
}

static void on_done(void *arg)
{
    struct task *t = arg;
    struct request *r = t->request;

    if (r != NULL) {
        r->task = NULL;
        t->request = NULL;
        t->end(t, r);
        request_resume(r);
    }
    task_free(t);
}

static size_t count_of(const struct web *w, const char *person)
{
    const struct task *t;
    size_t count = 0;

    LIST_FOREACH(t, &w->tasks, next)
    {
        count += strcmp(t->person, person) == 0;
    }
    return count;
}

enum err task_start(struct task *t, struct request *r)
{
    enum err e = ERR_FULL;

    t->request = r;
    r->task = t;
    t->listed = 1;
    LIST_INSERT_HEAD(&r->web->tasks, t, next);
    if (count_of(r->web, t->person) <= PERSON_TASKS_MAX)
        e = workers_submit(r->web->opts.workers,
                           &(struct work){.run = on_run, .done = on_done, .drop = task_free, .arg = t});
    if (e != OK) {
        task_free(t);
        return e;
    }
    request_wait(r);
    return OK;
}

void task_forget(struct task *t)
{
    t->request = NULL;
}

void tasks_leave(struct tasks *all)
{
    struct task *t;

    while ((t = LIST_FIRST(all)) != NULL) {
        LIST_REMOVE(t, next);
        t->listed = 0;
    }
}
