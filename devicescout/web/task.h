/* SPDX-License-Identifier: Apache-2.0 */
/* task: the part of a request that waits for the keyholder or the disk, on a worker thread. */
#ifndef DEVICESCOUT_WEB_TASK_H
#define DEVICESCOUT_WEB_TASK_H

#include "devicescout/web/request.h"

struct task {
    struct request *request; /* NULL: its client has gone */
    const struct prover *prover;
    void (*run)(struct task *t);                    /* on a worker thread; request is not to be looked at */
    void (*end)(struct task *t, struct request *r); /* on the loop: set the answer */
    char person[PERSON_SIZE];
    char pin[32];
    enum err result;
};

/* Suspends the request; t is taken (malloc()ed), also on failure. ERR_FULL: too much waits already. */
MUST_USE enum err task_start(struct task *t, struct request *r);
void task_forget(struct task *t);

#endif
