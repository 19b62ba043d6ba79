/* SPDX-License-Identifier: Apache-2.0 */
/* tries: a search tree by key and a list by age, both over the same bounded set of entries. */
#include "base/tries.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define KEY_SIZE 256

struct tried {
    char key[KEY_SIZE];
    uint32_t tries;
    uint64_t last_ms, open_at_ms;
    uint64_t last_before_ms, open_before_ms; /* the same as they were before the last try, should it be taken back */
    TAILQ_ENTRY(tried) age;
};

struct tries {
    struct tries_opts opts;
    pthread_mutex_t lock;
    void *tree;
    TAILQ_HEAD(, tried) by_age; /* quiet longest first */
    size_t count;
};

static int compare(const void *a, const void *b)
{
    const struct tried *x = a, *y = b;

    return strcmp(x->key, y->key);
}

/* A directory takes "Alice" and "alice" for one name; so does the count of tries at it. */
static void set_key(struct tried *e, const char *key)
{
    size_t len = 0;

    for (; key[len] != '\0' && len < KEY_SIZE - 1; len++)
        e->key[len] = key[len] >= 'A' && key[len] <= 'Z' ? (char)(key[len] + ('a' - 'A')) : key[len];
    e->key[len] = '\0';
}

static struct tried *find(struct tries *l, const char *key)
{
    struct tried wanted;
    struct tried *const *at;

    set_key(&wanted, key);
    at = tfind(&wanted, &l->tree, compare);
    return at != NULL ? *at : NULL;
}

static void drop(struct tries *l, struct tried *e)
{
    tdelete(e, &l->tree, compare);
    TAILQ_REMOVE(&l->by_age, e, age);
    l->count--;
    free(e);
}

static struct tried *find_or_make(struct tries *l, const char *key)
{
    struct tried *e = find(l, key);

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

enum err tries_new(const struct tries_opts *opts, struct tries **out)
{
    struct tries *l = calloc(1, sizeof *l);

    if (l == NULL)
        return ERR_NOMEM;
    l->opts = *opts;
    TAILQ_INIT(&l->by_age);
    pthread_mutex_init(&l->lock, NULL);
    *out = l;
    return OK;
}

void tries_free(struct tries *l)
{
    if (l == NULL)
        return;
    tdestroy(l->tree, free);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

static uint64_t delay_after(const struct tries_opts *o, uint32_t tries)
{
    uint64_t delay = o->delay_ms;

    if (tries < o->free_tries)
        return 0;
    for (uint32_t i = o->free_tries; i < tries && delay < o->delay_max_ms; i++)
        delay *= 2;
    return delay < o->delay_max_ms ? delay : o->delay_max_ms;
}

static enum err try_locked(struct tries *l, const char *key, uint64_t now, uint64_t *wait_ms)
{
    struct tried *e = find_or_make(l, key);

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
    e->last_before_ms = e->last_ms;
    e->open_before_ms = e->open_at_ms;
    e->last_ms = now;
    e->open_at_ms = now + delay_after(&l->opts, e->tries);
    TAILQ_REMOVE(&l->by_age, e, age);
    TAILQ_INSERT_TAIL(&l->by_age, e, age);
    return OK;
}

enum err tries_begin(struct tries *l, const char *key, uint64_t now_boot_ms, uint64_t *wait_ms)
{
    enum err e;

    pthread_mutex_lock(&l->lock);
    e = try_locked(l, key, now_boot_ms, wait_ms);
    pthread_mutex_unlock(&l->lock);
    return e;
}

void tries_take_back(struct tries *l, const char *key)
{
    struct tried *e;

    pthread_mutex_lock(&l->lock);
    if ((e = find(l, key)) != NULL && e->tries > 0) {
        e->tries--;
        e->last_ms = e->last_before_ms;
        e->open_at_ms = e->open_before_ms;
    }
    pthread_mutex_unlock(&l->lock);
}

uint32_t tries_of(struct tries *l, const char *key)
{
    const struct tried *e;
    uint32_t tries = 0;

    pthread_mutex_lock(&l->lock);
    if ((e = find(l, key)) != NULL)
        tries = e->tries;
    pthread_mutex_unlock(&l->lock);
    return tries;
}

enum err tries_restore(struct tries *l, const char *key, uint32_t tries, uint64_t now_boot_ms)
{
    struct tried *e;

    pthread_mutex_lock(&l->lock);
    if ((e = find_or_make(l, key)) != NULL) {
        e->tries = tries;
        e->last_ms = e->last_before_ms = now_boot_ms;
        e->open_at_ms = e->open_before_ms = now_boot_ms + delay_after(&l->opts, tries);
    }
    pthread_mutex_unlock(&l->lock);
    return e != NULL ? OK : ERR_NOMEM;
}

void tries_clear(struct tries *l, const char *key)
{
    struct tried *e;

    pthread_mutex_lock(&l->lock);
    if ((e = find(l, key)) != NULL)
        drop(l, e);
    pthread_mutex_unlock(&l->lock);
}

void tries_address_key(const char *address, char out[static TRIES_ADDRESS_SIZE])
{
    struct in6_addr v6;

    if (inet_pton(AF_INET6, address, &v6) != 1) {
        snprintf(out, TRIES_ADDRESS_SIZE, "%s", address);
        return;
    }
    memset(v6.s6_addr + 8, 0, 8);
    inet_ntop(AF_INET6, &v6, out, TRIES_ADDRESS_SIZE);
}

size_t tries_count(struct tries *l)
{
    size_t n;

    pthread_mutex_lock(&l->lock);
    n = l->count;
    pthread_mutex_unlock(&l->lock);
    return n;
}
