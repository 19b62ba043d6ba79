/* SPDX-License-Identifier: Apache-2.0 */
/* workers: one lock, two queues: what waits for a thread, and what goes back to the loop. */
#include "base/workers.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>

#define THREADS_MAX 16

struct item {
    struct work work;
    STAILQ_ENTRY(item) next;
};
STAILQ_HEAD(items, item);

struct workers {
    struct loop *loop;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t wake;
    struct items waiting, finished;
    size_t waiting_len, waiting_max;
    int ending;
    size_t threads_len;
    pthread_t threads[THREADS_MAX];
};

/* On the loop's thread. */
static void hand_back(void *arg)
{
    struct workers *w = arg;

    for (;;) {
        struct item *it;

        pthread_mutex_lock(&w->lock);
        if ((it = STAILQ_FIRST(&w->finished)) != NULL)
            STAILQ_REMOVE_HEAD(&w->finished, next);
        pthread_mutex_unlock(&w->lock);
        if (it == NULL)
            return;
        it->work.done(it->work.arg);
        free(it);
    }
}

static void *serve(void *arg)
{
    struct workers *w = arg;

    pthread_mutex_lock(&w->lock);
    while (!w->ending) {
        struct item *it = STAILQ_FIRST(&w->waiting);

        if (it == NULL) {
            pthread_cond_wait(&w->wake, &w->lock);
            continue;
        }
        STAILQ_REMOVE_HEAD(&w->waiting, next);
        w->waiting_len--;
        pthread_mutex_unlock(&w->lock);
        it->work.run(it->work.arg);
        pthread_mutex_lock(&w->lock);
        STAILQ_INSERT_TAIL(&w->finished, it, next);
        if (loop_post(w->loop, hand_back, w) != OK) {
            /* The item goes back with the next one, or is dropped by workers_free(). */
        }
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

enum err workers_new(struct loop *loop, size_t threads, size_t waiting_max, struct workers **out)
{
    struct workers *w = calloc(1, sizeof *w);

    if (w == NULL)
        return ERR_NOMEM;
    w->loop = loop;
    w->waiting_max = waiting_max;
    STAILQ_INIT(&w->waiting);
    STAILQ_INIT(&w->finished);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    while (w->threads_len < threads && w->threads_len < THREADS_MAX) {
        if (pthread_create(&w->threads[w->threads_len], NULL, serve, w) != 0) {
            workers_free(w);
            return ERR_NOMEM;
        }
        w->threads_len++;
    }
    *out = w;
    return OK;
}

static void drop_all(struct items *items)
{
    struct item *it;

    while ((it = STAILQ_FIRST(items)) != NULL) {
        STAILQ_REMOVE_HEAD(items, next);
        it->work.drop(it->work.arg);
        free(it);
    }
}

void workers_free(struct workers *w)
{
    if (w == NULL)
        return;
    pthread_mutex_lock(&w->lock);
    w->ending = 1;
    pthread_cond_broadcast(&w->wake);
    pthread_mutex_unlock(&w->lock);
    for (size_t i = 0; i < w->threads_len; i++)
        pthread_join(w->threads[i], NULL);
    drop_all(&w->waiting);
    drop_all(&w->finished);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

enum err workers_submit(struct workers *w, const struct work *work)
{
    struct item *it = malloc(sizeof *it);
    enum err e = OK;

    if (it == NULL)
        return ERR_NOMEM;
    it->work = *work;
    pthread_mutex_lock(&w->lock);
    if (w->waiting_len >= w->waiting_max) {
        e = ERR_FULL;
    } else {
        STAILQ_INSERT_TAIL(&w->waiting, it, next);
        w->waiting_len++;
        pthread_cond_signal(&w->wake);
    }
    pthread_mutex_unlock(&w->lock);
    if (e != OK)
        free(it);
    return e;
}
