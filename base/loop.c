/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop: epoll over the watched descriptors and three of its own: a timerfd set to the earliest timer, an eventfd
 * that posted calls ring, and a signalfd.
 */
#include "base/loop.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/timers.h"

struct watch {
    loop_fd_fn *fn; /* NULL: this descriptor is not watched */
    void *arg;
    uint32_t stamp; /* tells this watch from earlier ones of the same number in events that epoll already returned */
};

struct post {
    struct post *next;
    loop_fn *fn;
    void *arg;
};

struct loop {
    int epoll, timer, bell, signals; /* signals is -1 until loop_signals */
    int stopping;
    loop_fn *on_hup;
    void *hup_arg;
    struct watch *watches; /* by descriptor */
    size_t nwatches;
    uint32_t last_stamp;
    struct timers timers;
    uint64_t last_timer;
    pthread_mutex_t lock; /* guards the posts, which other threads add to */
    struct post *posts, **last_post;
};

static void on_timer(void *arg, int fd, uint32_t events);
static void on_bell(void *arg, int fd, uint32_t events);
static void on_signal(void *arg, int fd, uint32_t events);

enum err loop_new(struct loop **out)
{
    struct loop *l = NULL;
    enum err e = ERR_NOMEM;

    if ((l = calloc(1, sizeof *l)) == NULL)
        goto out;
    l->epoll = l->timer = l->bell = l->signals = -1;
    pthread_mutex_init(&l->lock, NULL); /* cannot fail for a default mutex on Linux */
    l->last_post = &l->posts;
    e = ERR_IO;
    if ((l->epoll = epoll_create1(EPOLL_CLOEXEC)) < 0)
        goto out;
    if ((l->timer = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC)) < 0)
        goto out;
    if ((l->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) < 0)
        goto out;
    if ((e = loop_watch(l, l->timer, EPOLLIN, on_timer, l)) != OK)
        goto out;
    if ((e = loop_watch(l, l->bell, EPOLLIN, on_bell, l)) != OK)
        goto out;
    *out = l;
    l = NULL;
out:
    loop_free(l);
    return e;
}

static void drop_posts(struct loop *l)
{
    pthread_mutex_lock(&l->lock);
    for (struct post *p = l->posts, *next; p != NULL; p = next) {
        next = p->next;
        free(p);
    }
    l->posts = NULL;
    l->last_post = &l->posts;
    pthread_mutex_unlock(&l->lock);
}

void loop_free(struct loop *l)
{
    const int saved = errno;

    if (l == NULL)
        return;
    const int own[] = {l->signals, l->bell, l->timer, l->epoll};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (own[i] >= 0)
            close(own[i]);
    }
    drop_posts(l);
    pthread_mutex_destroy(&l->lock);
    timers_free(&l->timers);
    free(l->watches);
    free(l);
    errno = saved;
}

static enum err make_room(struct loop *l, size_t n)
{
    size_t size = l->nwatches == 0 ? 64 : l->nwatches;
    struct watch *watches;

    if (n <= l->nwatches)
        return OK;
    while (size < n)
        size *= 2;
    if ((watches = reallocarray(l->watches, size, sizeof *watches)) == NULL)
        return ERR_NOMEM;
    for (size_t i = l->nwatches; i < size; i++)
        watches[i] = (struct watch){0};
    l->watches = watches;
    l->nwatches = size;
    return OK;
}

enum err loop_watch(struct loop *l, int fd, uint32_t events, loop_fd_fn *fn, void *arg)
{
    struct epoll_event ev = {.events = events};
    enum err e;

    if (fd < 0) {
        errno = EBADF;
        return ERR_IO;
    }
    if ((e = make_room(l, (size_t)fd + 1)) != OK)
        return e;
    if (l->watches[fd].fn != NULL)
        return ERR_EXISTS;
    ev.data.u64 = (uint64_t)++l->last_stamp << 32 | (uint32_t)fd;
    if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev) != 0)
        return errno == ENOMEM ? ERR_NOMEM : errno == ENOSPC ? ERR_FULL : ERR_IO;
    l->watches[fd] = (struct watch){.fn = fn, .arg = arg, .stamp = l->last_stamp};
    return OK;
}

void loop_forget(struct loop *l, int fd)
{
    if (fd < 0 || (size_t)fd >= l->nwatches || l->watches[fd].fn == NULL)
        return;
    l->watches[fd] = (struct watch){0};
    epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL);
}

/* Set the timerfd to the earliest timer, or off. A time in the past rings at once. */
static enum err arm(struct loop *l)
{
    const struct timer *first = timers_first(&l->timers);
    struct itimerspec at = {0};

    if (first != NULL) {
        at.it_value.tv_sec = (time_t)(first->due_ms / 1000);
        at.it_value.tv_nsec = (long)(first->due_ms % 1000) * 1000000;
    }
    return timerfd_settime(l->timer, TFD_TIMER_ABSTIME, &at, NULL) == 0 ? OK : ERR_IO;
}

enum err loop_after(struct loop *l, uint64_t after_ms, loop_fn *fn, void *arg, uint64_t *out)
{
    uint64_t now = clock_boot_ms();
    uint64_t most = (uint64_t)INT64_MAX / 1000000; /* what fits the kernel's nanoseconds: 292 years */
    struct timer t = {.due_ms = after_ms > most - now ? most : now + after_ms, .fn = fn, .arg = arg};
    enum err e;

    t.number = ++l->last_timer;
    if ((e = timers_add(&l->timers, t)) != OK)
        return e;
    if (timers_first(&l->timers)->number == t.number && (e = arm(l)) != OK) {
        timers_remove(&l->timers, t.number);
        return e;
    }
    if (out != NULL)
        *out = t.number;
    return OK;
}

void loop_cancel(struct loop *l, uint64_t timer)
{
    timers_remove(&l->timers, timer); /* the timerfd may ring once for nothing */
}

static void on_timer(void *arg, int fd, uint32_t events)
{
    struct loop *l = arg;
    uint64_t rings, now, newest = l->last_timer;
    const struct timer *first;

    (void)events;
    if (read(fd, &rings, sizeof rings) < 0) {
        /* Rung by a timer that was set again since: nothing to read, and the look below finds what is due. */
    }
    now = clock_boot_ms();
    /* Timers that these calls start wait for the next round, so that a timer of 0 ms starves no descriptor. */
    while (!l->stopping && (first = timers_first(&l->timers)) != NULL && first->due_ms <= now &&
           first->number <= newest) {
        struct timer t = *first;

        timers_remove(&l->timers, t.number);
        t.fn(t.arg);
    }
    if (arm(l) != OK)
        abort(); /* the descriptor and the time are ours and valid; going on would lose every deadline */
}

enum err loop_post(struct loop *l, loop_fn *fn, void *arg)
{
    struct post *p = malloc(sizeof *p);
    const uint64_t one = 1;

    if (p == NULL)
        return ERR_NOMEM;
    *p = (struct post){.fn = fn, .arg = arg};
    pthread_mutex_lock(&l->lock);
    *l->last_post = p;
    l->last_post = &p->next;
    pthread_mutex_unlock(&l->lock);
    if (write(l->bell, &one, sizeof one) < 0) {
        /* Only when the counter is full, and then the bell rings already. */
    }
    return OK;
}

static void on_bell(void *arg, int fd, uint32_t events)
{
    struct loop *l = arg;
    struct post *p, *next;
    uint64_t rings;

    (void)events;
    if (read(fd, &rings, sizeof rings) < 0)
        return;
    pthread_mutex_lock(&l->lock);
    p = l->posts;
    l->posts = NULL;
    l->last_post = &l->posts;
    pthread_mutex_unlock(&l->lock);
    for (; p != NULL; p = next) {
        next = p->next;
        if (!l->stopping)
            p->fn(p->arg);
        free(p);
    }
}

enum err loop_signals(struct loop *l, loop_fn *on_hup, void *arg)
{
    sigset_t set;
    enum err e;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    if ((errno = pthread_sigmask(SIG_BLOCK, &set, NULL)) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return ERR_IO;
    if (l->signals >= 0)
        return ERR_EXISTS;
    if ((l->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC)) < 0)
        return ERR_IO;
    if ((e = loop_watch(l, l->signals, EPOLLIN, on_signal, l)) != OK) {
        close(l->signals);
        l->signals = -1;
        return e;
    }
    l->on_hup = on_hup;
    l->hup_arg = arg;
    return OK;
}

static void on_signal(void *arg, int fd, uint32_t events)
{
    struct loop *l = arg;
    struct signalfd_siginfo info;

    (void)events;
    while (!l->stopping && read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGHUP)
            l->stopping = 1;
        else if (l->on_hup != NULL)
            l->on_hup(l->hup_arg);
    }
}

enum err loop_run(struct loop *l)
{
    struct epoll_event events[64];
    enum err e = OK;

    while (!l->stopping) {
        int n = epoll_wait(l->epoll, events, 64, -1);

        if (n < 0 && errno != EINTR) {
            e = ERR_IO;
            break;
        }
        for (int i = 0; i < n && !l->stopping; i++) {
            uint32_t fd = (uint32_t)events[i].data.u64;
            const struct watch w = l->watches[fd]; /* a copy: the call may add watches and move the table */

            if (w.fn != NULL && w.stamp == (uint32_t)(events[i].data.u64 >> 32))
                w.fn(w.arg, (int)fd, events[i].events);
        }
    }
    l->stopping = 0;
    drop_posts(l);
    return e;
}

void loop_stop(struct loop *l)
{
    l->stopping = 1;
}
