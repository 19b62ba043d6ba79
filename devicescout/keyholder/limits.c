/* SPDX-License-Identifier: Apache-2.0 */
/* limits: a fixed table of names; who has done nothing for a minute makes room. */
#include "devicescout/keyholder/limits.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 4096 /* more people than release something in one minute anywhere */
#define NAME_SIZE 320  /* a name, or an account with its node */
#define SLICES    7
#define SLICE_MS  10000

struct counter {
    char name[NAME_SIZE];
    uint64_t slice;         /* number of the running slice since boot */
    uint32_t count[SLICES]; /* of slice, slice - 1 … */
};

struct limits {
    uint32_t per_minute;
    size_t len;
    struct counter *counters;
};

enum err limits_new(uint32_t per_minute, struct limits **out)
{
    struct limits *l = calloc(1, sizeof *l);

    if (l == NULL || (l->counters = calloc(NAMES_MAX, sizeof *l->counters)) == NULL) {
        free(l);
        return ERR_NOMEM;
    }
    l->per_minute = per_minute;
    *out = l;
    return OK;
}

void limits_free(struct limits *l)
{
    if (l == NULL)
        return;
    free(l->counters);
    free(l);
}

/* Let the counter's slices run up to now. */
static void advance(struct counter *c, uint64_t slice)
{
    const uint64_t steps = slice - c->slice;

    if (steps >= SLICES) {
        memset(c->count, 0, sizeof c->count);
    } else if (steps > 0) {
        memmove(c->count + steps, c->count, (SLICES - steps) * sizeof *c->count);
        memset(c->count, 0, steps * sizeof *c->count);
    }
    c->slice = slice;
}

static uint64_t total(const struct counter *c)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < SLICES; i++)
        sum += c->count[i];
    return sum;
}

static struct counter *find(struct limits *l, const char *name)
{
    for (size_t i = 0; i < l->len; i++) {
        if (strcmp(l->counters[i].name, name) == 0)
            return &l->counters[i];
    }
    return NULL;
}

/* A counter for a new name: a free one, or one of somebody who has been quiet. NULL: there is none. */
static struct counter *take(struct limits *l, uint64_t slice)
{
    if (l->len < NAMES_MAX)
        return &l->counters[l->len++];
    for (size_t i = 0; i < l->len; i++) {
        if (slice - l->counters[i].slice >= SLICES)
            return &l->counters[i];
    }
    return NULL;
}

enum err limits_check(struct limits *l, const char *name, uint64_t now_boot_ms)
{
    const uint64_t slice = now_boot_ms / SLICE_MS;
    struct counter *c = find(l, name);

    if (c == NULL) {
        if (strlen(name) >= NAME_SIZE || (c = take(l, slice)) == NULL)
            return ERR_FULL;
        *c = (struct counter){.slice = slice};
        memcpy(c->name, name, strlen(name) + 1);
    }
    advance(c, slice);
    return total(c) < l->per_minute ? OK : ERR_LIMIT;
}

void limits_count(struct limits *l, const char *name, uint64_t now_boot_ms)
{
    struct counter *c = find(l, name);

    if (c == NULL)
        return;
    advance(c, now_boot_ms / SLICE_MS);
    c->count[0]++;
}

void limits_uncount(struct limits *l, const char *name)
{
    struct counter *c = find(l, name);

    for (size_t i = 0; c != NULL && i < SLICES; i++) {
        if (c->count[i] > 0) {
            c->count[i]--;
            return;
        }
    }
}
