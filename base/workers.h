/* SPDX-License-Identifier: Apache-2.0 */
/*
 * workers: a few threads for what takes long or blocks (Argon2, directory servers), so that the loop never does. Whole
 * jobs go over and come back; nothing is shared.
 */
#ifndef BASE_WORKERS_H
#define BASE_WORKERS_H

#include <stddef.h>

#include "base/loop.h"

struct workers;

struct work {
    void (*run)(void *arg);  /* on a worker thread */
    void (*done)(void *arg); /* then on the loop's thread; owns arg again */
    void (*drop)(void *arg); /* instead of done, when the workers are freed first */
    void *arg;
};

/* waiting_max: how many jobs may wait for a thread. */
MUST_USE enum err workers_new(struct loop *loop, size_t threads, size_t waiting_max, struct workers **out);

/* Waits for the jobs that run; what waited or was not handed back is dropped. */
void workers_free(struct workers *w);

/* On OK the workers own arg. ERR_FULL: too many wait; ERR_NOMEM. */
MUST_USE enum err workers_submit(struct workers *w, const struct work *work);

#endif
