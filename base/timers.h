/* SPDX-License-Identifier: Apache-2.0 */
/* timers: what is due when, for the loop: a heap with the earliest on top. */
#ifndef BASE_TIMERS_H
#define BASE_TIMERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"

struct timer {
    uint64_t due_ms; /* CLOCK_BOOTTIME */
    uint64_t number; /* rising, never reused; of two timers due at once, the lower number goes first */
    loop_fn *fn;
    void *arg;
};

/* Start with {0}. */
struct timers {
    struct timer *heap;
    size_t len, size;
};

void timers_free(struct timers *t);
MUST_USE enum err timers_add(struct timers *t, struct timer timer);
/* Forget a timer; a number that is not there is fine. */
void timers_remove(struct timers *t, uint64_t number);
/* The earliest timer, or NULL. It stays until timers_remove. */
const struct timer *timers_first(const struct timers *t);

#endif
