/* SPDX-License-Identifier: Apache-2.0 */
/* task: the part of a request that waits for the keyholder or the disk, on a worker thread. */
#ifndef DEVICESCOUT_WEB_TASK_H
#define DEVICESCOUT_WEB_TASK_H

#include <sys/queue.h>

#include "devicescout/web/request.h"

struct task {
    struct request *request; /* NULL: its client has gone */
    const struct prover *prover;
    void (*run)(struct task *t);                    /* on a worker thread; request is not to be looked at */
    void (*end)(struct task *t, struct request *r); /* on the loop: set the answer */
    char person[PERSON_SIZE];
    char pin[32];
    enum err result;
    int listed;
    LIST_ENTRY(task) next; /* among all that are not over yet */
};

LIST_HEAD(tasks, task);

/*
 * Suspends the request; t is taken (malloc()ed), also on failure. One person has two at most, whether their clients
 * still wait or not, so that nobody takes the threads on which all others sign in. ERR_FULL: too much waits already.
 */
MUST_USE enum err task_start(struct task *t, struct request *r);
void task_forget(struct task *t);
/* The threads outlive the web's part: what is still on them belongs to nobody then. */
void tasks_leave(struct tasks *all);

#endif
