/* SPDX-License-Identifier: Apache-2.0 */
/* timers: a binary heap in one array. */
#include "base/timers.h"

#include <stdlib.h>

void timers_free(struct timers *t)
{
    free(t->heap);
    *t = (struct timers){0};
}

static int earlier(const struct timer *a, const struct timer *b)
{
    return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->number < b->number;
}

static void swap(struct timers *t, size_t i, size_t j)
{
    struct timer kept = t->heap[i];

    t->heap[i] = t->heap[j];
    t->heap[j] = kept;
}

static void rise(struct timers *t, size_t i)
{
    while (i > 0 && earlier(&t->heap[i], &t->heap[(i - 1) / 2])) {
        swap(t, i, (i - 1) / 2);
        i = (i - 1) / 2;
    }
}

static void sink(struct timers *t, size_t i)
{
    for (;;) {
        size_t first = i;

        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < t->len; child++) {
            if (earlier(&t->heap[child], &t->heap[first]))
                first = child;
        }
        if (first == i)
            return;
        swap(t, i, first);
        i = first;
    }
}

enum err timers_add(struct timers *t, struct timer timer)
{
    if (t->len == t->size) {
        size_t size = t->size == 0 ? 16 : 2 * t->size;
        struct timer *heap = reallocarray(t->heap, size, sizeof *heap);

        if (heap == NULL)
            return ERR_NOMEM;
        t->heap = heap;
        t->size = size;
    }
    t->heap[t->len] = timer;
    rise(t, t->len++);
    return OK;
}

void timers_remove(struct timers *t, uint64_t number)
{
    for (size_t i = 0; i < t->len; i++) {
        if (t->heap[i].number != number)
            continue;
        t->heap[i] = t->heap[--t->len];
        if (i < t->len) {
            rise(t, i);
            sink(t, i);
        }
        return;
    }
}

const struct timer *timers_first(const struct timers *t)
{
    return t->len > 0 ? &t->heap[0] : NULL;
}
