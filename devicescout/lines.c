/* SPDX-License-Identifier: Apache-2.0 */
/* lines: connections that are made once and used in turn. */
#include "devicescout/lines.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define LINES 4

struct lines {
    pthread_mutex_t lock; /* of what follows; kh_client has its own */
    char *path;
    struct kh_client *clients[LINES];
    size_t next;
};

enum err lines_new(const char *path, struct lines **out)
{
    struct lines *l = calloc(1, sizeof *l);

    if (l == NULL || (l->path = strdup(path)) == NULL) {
        free(l);
        return ERR_NOMEM;
    }
    pthread_mutex_init(&l->lock, NULL);
    *out = l;
    return OK;
}

void lines_free(struct lines *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < LINES; i++)
        kh_close(l->clients[i]);
    pthread_mutex_destroy(&l->lock);
    free(l->path);
    free(l);
}

static enum err next_line(struct lines *l, struct kh_client **out)
{
    struct kh_client **at;
    enum err e = OK;

    pthread_mutex_lock(&l->lock);
    at = &l->clients[l->next];
    l->next = (l->next + 1) % LINES;
    if (*at == NULL)
        e = kh_connect(l->path, at);
    *out = *at;
    pthread_mutex_unlock(&l->lock);
    return e;
}

enum err lines_ask(void *lines, enum kh_op op, const void *body, size_t len, uint8_t *answer, size_t *answer_len)
{
    struct kh_client *c = NULL;
    const enum err e = next_line(lines, &c);

    return e != OK ? e : kh_ask(c, op, body, len, answer, answer_len, NULL, 0);
}
