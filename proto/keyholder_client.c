/* SPDX-License-Identifier: Apache-2.0 */
/* keyholder_client: ask the keyholder over its unix socket. PROTOCOL.md, "Keyholder's sockets"; header keyholder.h. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "proto/keyholder.h"

#define ASK_LIMIT_US 5000000
#define LENGTH_LEN   4 /* the frame's length, which does not count itself */

struct kh_client {
    pthread_mutex_t lock; /* guards all below: one question at a time */
    struct sockaddr_un address;
    int fd; /* -1: not connected */
    uint8_t frame[LENGTH_LEN + KH_FRAME_MAX];
};

static void hang_up(struct kh_client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

static enum err dial(struct kh_client *c)
{
    hang_up(c);
    if ((c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) < 0)
        return ERR_IO;
    if (connect(c->fd, (const struct sockaddr *)&c->address, sizeof c->address) == 0)
        return OK;
    hang_up(c);
    return ERR_UNREACHABLE;
}

enum err kh_connect(const char *path, struct kh_client **out)
{
    struct kh_client *c = NULL;
    enum err e = ERR_NOMEM;

    if ((c = calloc(1, sizeof *c)) == NULL)
        goto out;
    c->fd = -1;
    pthread_mutex_init(&c->lock, NULL); /* cannot fail for a default mutex on Linux */
    c->address.sun_family = AF_UNIX;
    e = ERR_LIMIT;
    if (strlen(path) >= sizeof c->address.sun_path)
        goto out;
    strcpy(c->address.sun_path, path);
    if ((e = dial(c)) != OK)
        goto out;
    *out = c; /* the caller owns it now */
    c = NULL;
out:
    kh_close(c);
    return e;
}

void kh_close(struct kh_client *c)
{
    if (c == NULL)
        return;
    hang_up(c);
    pthread_mutex_destroy(&c->lock);
    explicit_bzero(c->frame, sizeof c->frame);
    free(c);
}

/* Wait until the socket is ready, or until the deadline. */
static enum err wait_for(int fd, short events, uint64_t deadline_us)
{
    for (;;) {
        struct pollfd p = {.fd = fd, .events = events};
        uint64_t now = clock_mono_us();
        int n;

        if (now >= deadline_us)
            return ERR_TIMEOUT;
        n = poll(&p, 1, (int)((deadline_us - now) / 1000) + 1);
        if (n > 0)
            return OK;
        if (n < 0 && errno != EINTR)
            return ERR_IO;
    }
}

static enum err send_all(int fd, const uint8_t *at, size_t len, uint64_t deadline_us)
{
    while (len > 0) {
        ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
        enum err e;

        if (n >= 0) {
            at += n;
            len -= (size_t)n;
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return ERR_UNREACHABLE;
        if ((e = wait_for(fd, POLLOUT, deadline_us)) != OK)
            return e;
    }
    return OK;
}

static enum err receive_all(int fd, uint8_t *at, size_t len, uint64_t deadline_us)
{
    while (len > 0) {
        ssize_t n = recv(fd, at, len, 0);
        enum err e;

        if (n > 0) {
            at += n;
            len -= (size_t)n;
            continue;
        }
        if (n == 0 || (errno != EAGAIN && errno != EINTR))
            return ERR_UNREACHABLE;
        if ((e = wait_for(fd, POLLIN, deadline_us)) != OK)
            return e;
    }
    return OK;
}

/* The keyholder never speaks first: anything to read before we ask is its goodbye. */
static int is_dead(const struct kh_client *c)
{
    struct pollfd p = {.fd = c->fd, .events = POLLIN};

    return c->fd < 0 || poll(&p, 1, 0) != 0;
}

/*
 * Send the request. A keyholder that was restarted has closed the old connection: dial once more. It has then not
 * acted on what was written, because a frame that did not go out whole is none; what was written whole is never sent
 * again, whatever becomes of the answer.
 */
static enum err send_request(struct kh_client *c, enum kh_op op, const void *body, size_t len, uint64_t deadline_us)
{
    struct wbuf b = wbuf_of(c->frame, sizeof c->frame);
    enum err e;

    if (len > KH_FRAME_MAX - 1)
        return ERR_LIMIT;
    if ((e = wbuf_u32(&b, (uint32_t)(1 + len))) != OK || (e = wbuf_u8(&b, (uint8_t)op)) != OK ||
        (e = wbuf_copy(&b, body, len)) != OK)
        return e;
    if (!is_dead(c) && (e = send_all(c->fd, b.start, b.len, deadline_us)) != ERR_UNREACHABLE)
        return e;
    if ((e = dial(c)) != OK)
        return e;
    return send_all(c->fd, b.start, b.len, deadline_us);
}

/* One frame into c->frame; *result and *body are what it holds. */
static enum err receive_answer(struct kh_client *c, uint64_t deadline_us, uint8_t *result, struct rbuf *body)
{
    uint32_t len;
    struct rbuf b;
    enum err e;

    if ((e = receive_all(c->fd, c->frame, LENGTH_LEN, deadline_us)) != OK)
        return e;
    b = rbuf_of(c->frame, LENGTH_LEN);
    if ((e = rbuf_u32(&b, &len)) != OK)
        return e;
    if (len < 1 || len > KH_FRAME_MAX)
        return ERR_PEER;
    if ((e = receive_all(c->fd, c->frame, len, deadline_us)) != OK)
        return e;
    *body = rbuf_of(c->frame, len);
    return rbuf_u8(body, result);
}

/* A refusal: the error that it stands for, and the sentence. */
static enum err refusal(uint8_t result, struct rbuf body, char *why, size_t why_size)
{
    const uint8_t *text;
    size_t len;

    if (result >= ERR_COUNT || rbuf_bytes16(&body, KH_FRAME_MAX, &text, &len) != OK || rbuf_end(&body) != OK ||
        !text_is_clean((const char *)text, len))
        return ERR_PEER;
    if (why != NULL && why_size > 0) {
        len = len < why_size ? len : why_size - 1;
        memcpy(why, text, len);
        why[len] = '\0';
    }
    return (enum err)result;
}

enum err kh_ask(struct kh_client *c, enum kh_op op, const void *body, size_t len, uint8_t *answer, size_t *answer_len,
                char *why, size_t why_size)
{
    uint64_t deadline_us = clock_mono_us() + ASK_LIMIT_US;
    struct rbuf b = {0};
    uint8_t result = 0;
    enum err e;

    if (why != NULL && why_size > 0)
        why[0] = '\0';
    pthread_mutex_lock(&c->lock);
    if ((e = send_request(c, op, body, len, deadline_us)) != OK ||
        (e = receive_answer(c, deadline_us, &result, &b)) != OK) {
        if (e != ERR_LIMIT)
            hang_up(c); /* an answer that comes late must not be taken for the next one */
        goto out;
    }
    if (result != OK) {
        e = refusal(result, b, why, why_size);
        goto out;
    }
    e = ERR_PEER;
    if (answer == NULL && b.left > 0)
        goto out;
    if (answer != NULL) {
        memcpy(answer, b.at, b.left);
        *answer_len = b.left;
    }
    e = OK;
out:
    explicit_bzero(c->frame, sizeof c->frame); /* an invitation's code passes here */
    pthread_mutex_unlock(&c->lock);
    return e;
}
