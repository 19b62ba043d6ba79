/* SPDX-License-Identifier: Apache-2.0 */
/* connection: the two buffers, and whose turn it is. */
#include "devicescout/keyholder/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define LENGTH_LEN 4 /* a frame's length, which does not count itself */

struct connection {
    struct connection_opts o;
    size_t have;      /* bytes of in */
    size_t len, sent; /* of out; len is 0 while a frame is read */
    uint64_t timer;   /* 0: none runs */
    uint64_t idle_since;
    uint8_t in[LENGTH_LEN + KH_FRAME_MAX];
    uint8_t out[LENGTH_LEN + KH_FRAME_MAX];
};

static void on_ready(void *arg, int fd, uint32_t events);

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
    loop_forget(c->o.loop, c->o.fd);
    close(c->o.fd);
    secret_free(c);
}

uint64_t connection_idle_since(const struct connection *c)
{
    return c->have == 0 && c->len == 0 ? c->idle_since : 0;
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

/* In the middle of something: a clock runs. Between frames: none does. */
static enum err set_clock(struct connection *c)
{
    const int idle = connection_idle_since(c) != 0;

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

static enum err answer(struct connection *c)
{
    struct wbuf length = wbuf_of(c->out, LENGTH_LEN);
    struct wbuf body = wbuf_of(c->out + LENGTH_LEN, KH_FRAME_MAX);
    enum err e;

    ask_answer(c->o.keeper, c->o.socket, c->in[LENGTH_LEN], c->in + LENGTH_LEN + 1, c->have - LENGTH_LEN - 1, &body);
    secret_wipe(c->in, c->have);
    c->have = 0;
    if ((e = wbuf_u32(&length, (uint32_t)body.len)) != OK)
        return e;
    c->len = LENGTH_LEN + body.len;
    c->o.on_answer(c->o.arg);
    return write_answer(c);
}

/* One frame at most. ERR_STATE: wait for the descriptor. */
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

static void on_ready(void *arg, int fd, uint32_t events)
{
    struct connection *c = arg;
    const int was_writing = c->len > 0;
    enum err e = step(c);

    (void)events;
    if (e == OK || e == ERR_STATE)
        e = set_clock(c);
    if (e == OK && was_writing != (c->len > 0)) {
        loop_forget(c->o.loop, fd);
        e = loop_watch(c->o.loop, fd, c->len > 0 ? EPOLLOUT : EPOLLIN, on_ready, c);
    }
    if (e != OK)
        end(c, e == ERR_UNREACHABLE ? "closed" : err_name(e));
}
