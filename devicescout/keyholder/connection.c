/* SPDX-License-Identifier: Apache-2.0 */
/* connection: the two buffers, and whose turn it is. */
#include "devicescout/keyholder/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define LENGTH_LEN 4 /* a frame's length, which does not count itself */

#define LATER_ANSWER_MAX 1024 /* of an operation that is finished later: a verdict, or a sentence */

struct waiting {                   /* a request that is on a worker thread */
    struct connection *connection; /* NULL: it has gone; what was begun is finished all the same */
    struct keeper *keeper;
    enum ask_socket socket;
    uint8_t op;
    struct ask_later later;
};

struct connection {
    struct connection_opts o;
    struct waiting *waiting; /* NULL: none; else nothing is read or written */
    size_t have;             /* bytes of in */
    size_t len, sent;        /* of out; len is 0 while a frame is read */
    uint64_t timer;          /* 0: none runs */
    uint64_t idle_since;
    uint8_t in[LENGTH_LEN + KH_FRAME_MAX];
    uint8_t out[LENGTH_LEN + KH_FRAME_MAX];
};

static void on_ready(void *arg, int fd, uint32_t events);
static void go_on(struct connection *c, uint32_t watched, enum err e);

enum err connection_new(const struct connection_opts *opts, struct connection **out)
{
    struct connection *c = secret_new(sizeof *c); /* codes and titles pass through it */
    enum err e = ERR_NOMEM;

    if (c == NULL)
        goto out;
    c->o = *opts;
    c->idle_since = clock_boot_ms();
    if ((e = loop_watch(opts->loop, opts->fd, EPOLLIN, on_ready, c)) != OK)
        goto out;
    *out = c; /* the caller owns it now */
    return OK;
out:
    secret_free(c);
    close(opts->fd);
    return e;
}

void connection_free(struct connection *c)
{
    if (c == NULL)
        return;
    if (c->timer != 0)
        loop_cancel(c->o.loop, c->timer);
    if (c->waiting != NULL)
        c->waiting->connection = NULL;
    loop_forget(c->o.loop, c->o.fd);
    close(c->o.fd);
    secret_free(c);
}

uint64_t connection_idle_since(const struct connection *c)
{
    return c->have == 0 && c->len == 0 && c->waiting == NULL ? c->idle_since : 0;
}

static void end(struct connection *c, const char *reason)
{
    log_debug("connection_ended", "fd=%d reason=%s", c->o.fd, reason);
    c->o.on_end(c->o.arg, c);
}

static void on_stall(void *arg)
{
    struct connection *c = arg;

    c->timer = 0;
    log_info("connection_stalled", "fd=%d", c->o.fd);
    end(c, "stalled");
}

/* In the middle of a frame: a clock runs. Between frames, and while we are at work: none does. */
static enum err set_clock(struct connection *c)
{
    const int idle = connection_idle_since(c) != 0 || c->waiting != NULL;

    if (idle && c->timer != 0) {
        loop_cancel(c->o.loop, c->timer);
        c->timer = 0;
    }
    if (!idle && c->timer == 0)
        return loop_after(c->o.loop, CONNECTION_STALL_MS, on_stall, c, &c->timer);
    return OK;
}

/* How long the whole frame is, as far as that is known. ERR_LIMIT: longer than any may be, or empty. */
static enum err wanted(const struct connection *c, size_t *want)
{
    struct rbuf b = rbuf_of(c->in, c->have);
    uint32_t len;

    *want = LENGTH_LEN;
    if (rbuf_u32(&b, &len) != OK)
        return OK;
    *want += len;
    return len == 0 || len > KH_FRAME_MAX ? ERR_LIMIT : OK;
}

/* Read what there is of this frame and nothing behind it. ERR_STATE: not whole yet; ERR_UNREACHABLE: closed. */
static enum err read_frame(struct connection *c, size_t *want)
{
    enum err e;

    for (;;) {
        ssize_t n;

        if ((e = wanted(c, want)) != OK)
            return e;
        if (c->have == *want && c->have > LENGTH_LEN)
            return OK;
        n = recv(c->o.fd, c->in + c->have, *want - c->have, MSG_DONTWAIT);
        if (n > 0)
            c->have += (size_t)n;
        else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return ERR_STATE;
        else if (n == 0 || errno != EINTR)
            return ERR_UNREACHABLE;
    }
}

/* ERR_STATE: the client does not take it now. */
static enum err write_answer(struct connection *c)
{
    while (c->sent < c->len) {
        const ssize_t n = send(c->o.fd, c->out + c->sent, c->len - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (n > 0)
            c->sent += (size_t)n;
        else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return ERR_STATE;
        else if (n == 0 || errno != EINTR)
            return ERR_UNREACHABLE;
    }
    secret_wipe(c->out, c->len);
    c->len = c->sent = 0;
    c->idle_since = clock_boot_ms();
    return OK;
}

static enum err send_answer(struct connection *c, size_t len)
{
    struct wbuf length = wbuf_of(c->out, LENGTH_LEN);
    const enum err e = wbuf_u32(&length, (uint32_t)len);

    if (e != OK)
        return e;
    c->len = LENGTH_LEN + len;
    c->o.on_answer(c->o.arg);
    return write_answer(c);
}

static void waiting_free(void *arg)
{
    struct waiting *w = arg;

    if (w->connection != NULL)
        w->connection->waiting = NULL;
    free(w);
}

static void waiting_run(void *arg)
{
    struct waiting *w = arg;

    w->later.run(w->later.arg);
}

/* Freed before it was finished: the program is stopping. */
static void waiting_drop(void *arg)
{
    struct waiting *w = arg;

    w->later.drop(w->later.arg);
    waiting_free(w);
}

static void waiting_done(void *arg)
{
    struct waiting *w = arg;
    struct connection *c = w->connection;
    uint8_t bytes[LATER_ANSWER_MAX];
    struct wbuf answer = wbuf_of(bytes, sizeof bytes);

    ask_end(w->keeper, w->socket, w->op, &w->later, &answer);
    waiting_free(w);
    if (c == NULL)
        return;
    memcpy(c->out + LENGTH_LEN, bytes, answer.len);
    go_on(c, 0, send_answer(c, answer.len));
}

/* ERR_FULL: too many wait already. later is taken, also on failure. */
static enum err hand_over(struct connection *c, uint8_t op, const struct ask_later *later)
{
    struct waiting *w = calloc(1, sizeof *w);
    enum err e = ERR_NOMEM;

    if (w == NULL) {
        later->drop(later->arg);
        return e;
    }
    *w = (struct waiting){.connection = c, .keeper = c->o.keeper, .socket = c->o.socket, .op = op, .later = *later};
    c->waiting = w;
    e = workers_submit(c->o.workers,
                       &(struct work){.run = waiting_run, .done = waiting_done, .drop = waiting_drop, .arg = w});
    if (e != OK)
        waiting_drop(w);
    return e;
}

/* ERR_STATE: the answer comes later, or the client does not take it now. */
static enum err answer(struct connection *c)
{
    struct wbuf body = wbuf_of(c->out + LENGTH_LEN, KH_FRAME_MAX);
    const uint8_t op = c->in[LENGTH_LEN];
    struct ask_later later;
    const int done =
        ask_begin(c->o.keeper, c->o.socket, op, c->in + LENGTH_LEN + 1, c->have - LENGTH_LEN - 1, &body, &later);
    enum err e;

    secret_wipe(c->in, c->have);
    c->have = 0;
    if (done)
        return send_answer(c, body.len);
    if ((e = hand_over(c, op, &later)) == OK)
        return ERR_STATE;
    body.len = 0; /* what was counted stays counted */
    if (wbuf_u8(&body, (uint8_t)e) != OK || wbuf_text16(&body, err_text(e)) != OK)
        return ERR_LIMIT;
    return send_answer(c, body.len);
}

/* One frame at most. ERR_STATE: wait for the descriptor, or for the thread. */
static enum err step(struct connection *c)
{
    size_t want;
    enum err e;

    if (c->len > 0)
        return write_answer(c);
    if ((e = read_frame(c, &want)) != OK)
        return e;
    return answer(c);
}

/* After a step: what to wait for now. watched: the events that the descriptor is watched for, 0 for none. */
static void go_on(struct connection *c, uint32_t watched, enum err e)
{
    const uint32_t want = c->waiting != NULL ? 0 : c->len > 0 ? EPOLLOUT : EPOLLIN;

    if (e == OK || e == ERR_STATE)
        e = set_clock(c);
    if (e == OK && watched != want) {
        if (watched != 0)
            loop_forget(c->o.loop, c->o.fd);
        if (want != 0)
            e = loop_watch(c->o.loop, c->o.fd, want, on_ready, c);
    }
    if (e != OK)
        end(c, e == ERR_UNREACHABLE ? "closed" : err_name(e));
}

static void on_ready(void *arg, int fd, uint32_t events)
{
    struct connection *c = arg;
    const uint32_t watched = c->len > 0 ? EPOLLOUT : EPOLLIN;

    (void)fd, (void)events;
    go_on(c, watched, step(c));
}
