/* SPDX-License-Identifier: Apache-2.0 */
/* inbox: a list under a lock, and an eventfd that the loop watches. */
#include "printscout/courier/inbox.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct inbox {
    struct loop *loop;
    int bell;
    pthread_mutex_t lock; /* guards the list */
    struct letter *first, **last;
};

static struct letter *take_all(struct inbox *in)
{
    struct letter *l;

    pthread_mutex_lock(&in->lock);
    l = in->first;
    in->first = NULL;
    in->last = &in->first;
    pthread_mutex_unlock(&in->lock);
    return l;
}

void inbox_open_all(struct inbox *in)
{
    struct letter *next;

    for (struct letter *l = take_all(in); l != NULL; l = next) {
        next = l->next;
        l->open(l);
    }
}

static void on_bell(void *arg, int fd, uint32_t events)
{
    uint64_t rings;

    (void)events;
    if (read(fd, &rings, sizeof rings) == (ssize_t)sizeof rings)
        inbox_open_all(arg);
}

enum err inbox_new(struct loop *loop, struct inbox **out)
{
    struct inbox *in = calloc(1, sizeof *in);
    enum err e = ERR_NOMEM;

    if (in == NULL)
        goto out;
    in->loop = loop;
    in->bell = -1;
    in->last = &in->first;
    pthread_mutex_init(&in->lock, NULL); /* cannot fail for a default mutex on Linux */
    e = ERR_IO;
    if ((in->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) < 0)
        goto out;
    if ((e = loop_watch(loop, in->bell, EPOLLIN, on_bell, in)) != OK)
        goto out;
    *out = in; /* the caller owns it now */
    in = NULL;
out:
    inbox_free(in);
    return e;
}

void inbox_free(struct inbox *in)
{
    struct letter *next;

    if (in == NULL)
        return;
    for (struct letter *l = take_all(in); l != NULL; l = next) {
        next = l->next;
        l->drop(l);
    }
    if (in->bell >= 0) {
        loop_forget(in->loop, in->bell);
        close(in->bell);
    }
    pthread_mutex_destroy(&in->lock);
    free(in);
}

void inbox_put(struct inbox *in, struct letter *l)
{
    const uint64_t one = 1;

    l->next = NULL;
    pthread_mutex_lock(&in->lock);
    *in->last = l;
    in->last = &l->next;
    pthread_mutex_unlock(&in->lock);
    if (write(in->bell, &one, sizeof one) < 0) {
        /* Only when the counter is full, and then the bell rings already. */
    }
}
