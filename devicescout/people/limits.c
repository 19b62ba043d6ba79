/* SPDX-License-Identifier: Apache-2.0 */
/* limits: a search tree by key and a list by age, both over the same bounded set of entries. */
#include "devicescout/people/limits.h"

#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define KEY_SIZE 256

struct limit {
    char key[KEY_SIZE];
    uint32_t tries;
    uint64_t last_ms, open_at_ms;
    TAILQ_ENTRY(limit) age;
};

struct limits {
    struct limits_opts opts;
    pthread_mutex_t lock;
    void *tree;
    TAILQ_HEAD(, limit) by_age; /* quiet longest first */
    size_t count;
};

static int compare(const void *a, const void *b)
{
    const struct limit *x = a, *y = b;

    return strcmp(x->key, y->key);
}

/* A directory takes "Alice" and "alice" for one name; so does the count of tries at it. */
static void set_key(struct limit *e, const char *key)
{
    size_t len = 0;

    for (; key[len] != '\0' && len < KEY_SIZE - 1; len++)
        e->key[len] = key[len] >= 'A' && key[len] <= 'Z' ? (char)(key[len] + ('a' - 'A')) : key[len];
    e->key[len] = '\0';
}

static struct limit *find(struct limits *l, const char *key)
{
    struct limit wanted;
    struct limit *const *at;

    set_key(&wanted, key);
    at = tfind(&wanted, &l->tree, compare);
    return at != NULL ? *at : NULL;
}

static void drop(struct limits *l, struct limit *e)
{
    tdelete(e, &l->tree, compare);
    TAILQ_REMOVE(&l->by_age, e, age);
    l->count--;
    free(e);
}

static struct limit *find_or_make(struct limits *l, const char *key)
{
    struct limit *e = find(l, key);

    if (e != NULL)
        return e;
    if ((e = calloc(1, sizeof *e)) == NULL)
        return NULL;
    set_key(e, key);
    if (tsearch(e, &l->tree, compare) == NULL) {
        free(e);
        return NULL;
    }
    TAILQ_INSERT_TAIL(&l->by_age, e, age);
    l->count++;
    if (l->count > l->opts.keys)
        drop(l, TAILQ_FIRST(&l->by_age));
    return e;
}

enum err limits_new(const struct limits_opts *opts, struct limits **out)
{
    struct limits *l = calloc(1, sizeof *l);

    if (l == NULL)
        return ERR_NOMEM;
    l->opts = *opts;
    TAILQ_INIT(&l->by_age);
    pthread_mutex_init(&l->lock, NULL);
    *out = l;
    return OK;
}

void limits_free(struct limits *l)
{
    if (l == NULL)
        return;
    tdestroy(l->tree, free);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

static uint64_t delay_after(const struct limits_opts *o, uint32_t tries)
{
    uint64_t delay = o->delay_ms;

    if (tries < o->free_tries)
        return 0;
    for (uint32_t i = o->free_tries; i < tries && delay < o->delay_max_ms; i++)
        delay *= 2;
    return delay < o->delay_max_ms ? delay : o->delay_max_ms;
}

static enum err try_locked(struct limits *l, const char *key, uint64_t now, uint64_t *wait_ms)
{
    struct limit *e = find_or_make(l, key);

    if (e == NULL)
        return ERR_NOMEM;
    if (e->tries > 0 && now >= e->last_ms + l->opts.forget_ms)
        e->tries = 0;
    if (e->tries > 0 && now < e->open_at_ms) {
        *wait_ms = e->open_at_ms - now;
        return ERR_LIMIT;
    }
    if (e->tries < UINT32_MAX)
        e->tries++;
    e->last_ms = now;
    e->open_at_ms = now + delay_after(&l->opts, e->tries);
    TAILQ_REMOVE(&l->by_age, e, age);
    TAILQ_INSERT_TAIL(&l->by_age, e, age);
    return OK;
}

enum err limits_try(struct limits *l, const char *key, uint64_t now_boot_ms, uint64_t *wait_ms)
{
    enum err e;

    pthread_mutex_lock(&l->lock);
    e = try_locked(l, key, now_boot_ms, wait_ms);
    pthread_mutex_unlock(&l->lock);
    return e;
}

void limits_take_back(struct limits *l, const char *key)
{
    struct limit *e;

    pthread_mutex_lock(&l->lock);
    if ((e = find(l, key)) != NULL && e->tries > 0) {
        e->tries--;
        e->open_at_ms = e->last_ms + delay_after(&l->opts, e->tries);
    }
    pthread_mutex_unlock(&l->lock);
}

void limits_clear(struct limits *l, const char *key)
{
    struct limit *e;

    pthread_mutex_lock(&l->lock);
    if ((e = find(l, key)) != NULL)
        drop(l, e);
    pthread_mutex_unlock(&l->lock);
}

size_t limits_count(struct limits *l)
{
    size_t n;

    pthread_mutex_lock(&l->lock);
    n = l->count;
    pthread_mutex_unlock(&l->lock);
    return n;
}
