/* SPDX-License-Identifier: Apache-2.0 */
/* ahead: two windows. One is the caller's; the thread fills the other, and waits until the caller gives its own back.
 */
#include "printscout/courier/ahead.h"

#include <pthread.h>

#include "base/file.h"
#include "crypto/header.h"

#define START_LEN    (HEADER_LEN + CHUNKED_PREFIX_LEN)
#define THREAD_LEAST ((uint64_t)1 << 20) /* below, starting a thread costs more than it saves */

struct ahead {
    struct unseal *unseal;
    int fd;
    uint64_t payload_len;
    uint64_t next_chunk; /* to be opened */
    size_t given;        /* windows that the caller got, its present one included */

    int threaded;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t turn;
    size_t filled; /* windows opened so far; under the lock, like what follows */
    int stop;
    enum err result[2];

    struct window windows[2];
};

enum err window_read(struct unseal *unseal, int fd, uint64_t payload_len, uint64_t first_chunk, struct window *out)
{
    const uint64_t sealed_len = payload_len - CHUNKED_PREFIX_LEN, at = first_chunk * CHUNK_SEALED_LEN;
    size_t len;
    enum err e;

    out->chunks = 0;
    if (at >= sealed_len)
        return OK;
    len = sealed_len - at < sizeof out->bytes ? (size_t)(sealed_len - at) : sizeof out->bytes;
    if ((e = file_read_at(fd, START_LEN + at, out->bytes, len)) != OK)
        return e;
    for (size_t i = 0; i < len; i += CHUNK_SEALED_LEN) {
        size_t sealed = len - i < CHUNK_SEALED_LEN ? len - i : CHUNK_SEALED_LEN;
        uint8_t *chunk = out->bytes[out->chunks];

        if ((e = unseal_chunk(unseal, first_chunk + out->chunks, chunk, sealed, chunk)) != OK)
            return e;
        out->plain_len[out->chunks++] = sealed - CHUNK_TAG_LEN;
    }
    return OK;
}

/* The chunks that follow. At the end the window is left without any. */
static enum err fill(struct ahead *a, struct window *w)
{
    const enum err e = window_read(a->unseal, a->fd, a->payload_len, a->next_chunk, w);

    a->next_chunk += w->chunks;
    return e;
}

/* Window n may be filled while the caller still has window n - 1, but not while it has n - 2, which lies where n goes.
 */
static void *run(void *arg)
{
    struct ahead *a = arg;
    int last = 0;

    pthread_mutex_lock(&a->lock);
    while (!last) {
        struct window *w = &a->windows[a->filled % 2];
        enum err e;

        while (!a->stop && a->filled > a->given)
            pthread_cond_wait(&a->turn, &a->lock);
        if (a->stop)
            break;
        pthread_mutex_unlock(&a->lock);
        e = fill(a, w);
        last = e != OK || w->chunks == 0;
        pthread_mutex_lock(&a->lock);
        a->result[a->filled % 2] = e;
        a->filled++;
        pthread_cond_signal(&a->turn);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

enum err ahead_new(struct unseal *unseal, int fd, uint64_t payload_len, struct ahead **out)
{
    struct ahead *a = secret_new(sizeof *a);

    if (a == NULL)
        return ERR_NOMEM;
    a->unseal = unseal;
    a->fd = fd;
    a->payload_len = payload_len;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->turn, NULL);
    /* Without a thread the windows are filled when they are asked for: slower, and right. */
    a->threaded = payload_len >= THREAD_LEAST && pthread_create(&a->thread, NULL, run, a) == 0;
    *out = a;
    return OK;
}

void ahead_free(struct ahead *a)
{
    if (a == NULL)
        return;
    if (a->threaded) {
        pthread_mutex_lock(&a->lock);
        a->stop = 1;
        pthread_cond_signal(&a->turn);
        pthread_mutex_unlock(&a->lock);
        pthread_join(a->thread, NULL);
    }
    pthread_cond_destroy(&a->turn);
    pthread_mutex_destroy(&a->lock);
    secret_free(a);
}

enum err ahead_next(struct ahead *a, const struct window **out)
{
    const size_t slot = a->given % 2;
    enum err e;

    if (a->given > 0 && a->windows[(a->given - 1) % 2].chunks == 0) { /* the end was reached, and stays */
        *out = &a->windows[(a->given - 1) % 2];
        return OK;
    }
    *out = &a->windows[slot];
    if (!a->threaded) {
        if ((e = fill(a, &a->windows[slot])) == OK)
            a->given++;
        return e;
    }
    pthread_mutex_lock(&a->lock);
    while (a->filled <= a->given)
        pthread_cond_wait(&a->turn, &a->lock);
    if ((e = a->result[slot]) == OK)
        a->given++;
    pthread_cond_signal(&a->turn);
    pthread_mutex_unlock(&a->lock);
    return e;
}
