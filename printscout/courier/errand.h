/* SPDX-License-Identifier: Apache-2.0 */
/*
 * errand: one delivery on a thread of its own. It owns copies of all that it needs, shares nothing, and comes back as
 * letters: steps while it runs, and itself at the end.
 */
#ifndef PRINTSCOUT_COURIER_ERRAND_H
#define PRINTSCOUT_COURIER_ERRAND_H

#include <stdatomic.h>

#include "printscout/courier/deliver.h"
#include "printscout/courier/inbox.h"

struct errand;

struct errand_opts {
    struct inbox *inbox;
    const struct order *order; /* copied */
    const struct printer_uri *where;
    struct document *document; /* the errand's from errand_new on, also when it fails; NULL to ask only */
    struct deliver_limits limits;
    uint64_t deadline_boot_ms;
    int ask; /* deliver_ipp_ask() instead of a delivery */
    int document_was_sent, pjl_silent;
    /* On the main loop's thread; at_us is when it happened on the errand's (CLOCK_MONOTONIC). */
    void (*on_step)(void *arg, enum deliver_step step, uint64_t at_us, const struct deliver_progress *now);
    /* The last call: the thread has ended, the errand is freed after it. */
    void (*on_end)(void *arg, const struct deliver_outcome *outcome, const struct deliver_progress *now,
                   int pjl_silent);
    void *arg;
};

MUST_USE enum err errand_new(const struct errand_opts *opts, struct errand **out);

/* Start the thread. On OK the errand belongs to it until on_end. */
MUST_USE enum err errand_start(struct errand *e);

/* It shall stop soon. Between errand_start and on_end. */
void errand_stop(struct errand *e, enum deliver_stop why);

/* One that was never started. NULL is fine. */
void errand_free(struct errand *e);

#endif
