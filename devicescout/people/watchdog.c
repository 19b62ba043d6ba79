/* SPDX-License-Identifier: Apache-2.0 */
/* watchdog: a list and a thread that sleeps until the first of it is due. */
#include "devicescout/people/watchdog.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

struct watch {
    int fd; /* our duplicate */
    uint64_t deadline_ms;
    int done; /* shut down already */
    LIST_ENTRY(watch) next;
};

struct watchdog {
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t wake;
    LIST_HEAD(, watch) list;
    int ending;
    pthread_t thread;
    int started;
};

/* Shut down what is due; returns how long until the next is, UINT64_MAX: nothing is watched. */
static uint64_t look(struct watchdog *w)
{
    const uint64_t now = clock_boot_ms();
    uint64_t least = UINT64_MAX;
    struct watch *x;

    LIST_FOREACH(x, &w->list, next)
    {
        if (x->done)
            continue;
        if (now >= x->deadline_ms) {
            shutdown(x->fd, SHUT_RDWR);
            x->done = 1;
        } else if (x->deadline_ms - now < least) {
            least = x->deadline_ms - now;
        }
    }
    return least;
}

static void wait_ms(struct watchdog *w, uint64_t ms)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += (time_t)(ms / 1000);
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&w->wake, &w->lock, &at);
}

static void *serve(void *arg)
{
    struct watchdog *w = arg;

    pthread_mutex_lock(&w->lock);
    while (!w->ending) {
        const uint64_t ms = look(w);

        if (ms == UINT64_MAX)
            pthread_cond_wait(&w->wake, &w->lock);
        else
            wait_ms(w, ms);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

enum err watchdog_new(struct watchdog **out)
{
    struct watchdog *w = calloc(1, sizeof *w);
    pthread_condattr_t monotonic;

    if (w == NULL)
        return ERR_NOMEM;
    LIST_INIT(&w->list);
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&w->thread, NULL, serve, w) != 0) {
        watchdog_free(w);
        return ERR_NOMEM;
    }
    w->started = 1;
    *out = w;
    return OK;
}

void watchdog_free(struct watchdog *w)
{
    if (w == NULL)
        return;
    if (w->started) {
        pthread_mutex_lock(&w->lock);
        w->ending = 1;
        pthread_cond_signal(&w->wake);
        pthread_mutex_unlock(&w->lock);
        pthread_join(w->thread, NULL);
    }
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

enum err watchdog_watch(struct watchdog *w, int fd, uint64_t deadline_boot_ms, struct watch **out)
{
    struct watch *x = calloc(1, sizeof *x);

    if (x == NULL)
        return ERR_NOMEM;
    if ((x->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0) {
        free(x);
        return ERR_IO;
    }
    x->deadline_ms = deadline_boot_ms;
    pthread_mutex_lock(&w->lock);
    LIST_INSERT_HEAD(&w->list, x, next);
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    *out = x;
    return OK;
}

void watchdog_forget(struct watchdog *w, struct watch *watch)
{
    if (watch == NULL)
        return;
    pthread_mutex_lock(&w->lock);
    LIST_REMOVE(watch, next);
    pthread_mutex_unlock(&w->lock);
    close(watch->fd);
    free(watch);
}
