/* SPDX-License-Identifier: Apache-2.0 */
/* questions: see questions.h. */
#include "printscout/courier/questions.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "printscout/courier/site.h"
#include "proto/question.h"

#define CONNECT_EVERY_MS 1000

struct asked {
    struct courier *c;
    struct id question, scout;
    struct id message; /* on its way; zero: acknowledged */
    uint64_t timer;
    LIST_ENTRY(asked) next;
};

struct questions {
    int queue; /* -1: not connected */
    LIST_HEAD(, asked) asked;
    size_t count;
};

static void forget(struct asked *a)
{
    if (!id_is_zero(a->message))
        link_cancel(a->c->link, a->message);
    if (a->timer != 0)
        loop_cancel(a->c->loop, a->timer);
    LIST_REMOVE(a, next);
    a->c->questions->count--;
    free(a);
}

static void hang_up(struct courier *c)
{
    struct questions *q = c->questions;

    while (!LIST_EMPTY(&q->asked))
        forget(LIST_FIRST(&q->asked));
    if (q->queue < 0)
        return;
    loop_forget(c->loop, q->queue);
    close(q->queue);
    q->queue = -1;
    log_info("question_socket", "state=down");
}

/* One packet to the queue. One that does not take it is gone, or worse. */
static void reply(struct courier *c, struct id question, enum err result, const uint8_t *record, size_t len)
{
    uint8_t packet[ANSWER_PACKET_MAX];
    struct wbuf b = wbuf_of(packet, sizeof packet);

    if (wbuf_id(&b, question) != OK || wbuf_u8(&b, (uint8_t)result) != OK || wbuf_copy(&b, record, len) != OK)
        return; /* longer than any answer is: questions_answer() has refused it */
    if (send(c->questions->queue, packet, b.len, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)b.len)
        log_warn("answer_not_delivered", "errno=%d", errno);
}

static void fail(struct asked *a, enum err why)
{
    reply(a->c, a->question, why, NULL, 0);
    forget(a);
}

static void on_late(void *arg)
{
    struct asked *a = arg;

    a->timer = 0;
    fail(a, ERR_TIMEOUT);
}

static void on_ack(void *arg, struct id message, enum err result)
{
    struct asked *a = arg;

    if (!id_equal(a->message, message))
        return;
    a->message = (struct id){{0}};
    if (result == OK)
        return;
    log_warn("question_refused", "reason=%s", err_name(result));
    fail(a, result);
}

static int has_relay(const struct courier *c)
{
    for (size_t i = 0; i < c->site->bulletin->relays_len; i++) {
        if (c->site->relays[i].up)
            return 1;
    }
    return 0;
}

static enum err send_on(struct asked *a, const uint8_t *sealed)
{
    struct courier *c = a->c;
    const size_t i = site_scout_number(c, a->scout);
    uint8_t body[QUESTION_BODY_LEN];
    struct link_peer to;

    if (i == BULLETIN_SCOUTS_MAX)
        return ERR_NOTFOUND;
    if (!has_relay(c))
        return ERR_UNREACHABLE;
    to = site_scout(c, i);
    memcpy(body, a->question.b, ID_LEN);
    memcpy(body + ID_LEN, sealed, QUESTION_SEALED_LEN);
    return link_send(c->link, &to, MSG_QUESTION, body, sizeof body, on_ack, a, &a->message);
}

static enum err carry(struct courier *c, const uint8_t packet[static QUESTION_PACKET_LEN])
{
    struct asked *a = calloc(1, sizeof *a);
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    a->c = c;
    memcpy(a->scout.b, packet, ID_LEN);
    memcpy(a->question.b, packet + ID_LEN, ID_LEN);
    LIST_INSERT_HEAD(&c->questions->asked, a, next);
    c->questions->count++;
    if (c->questions->count > QUESTIONS_MAX)
        e = ERR_FULL;
    else if ((e = loop_after(c->loop, QUESTION_WITHIN_MS, on_late, a, &a->timer)) == OK)
        e = send_on(a, packet + 2 * (size_t)ID_LEN);
    if (e != OK)
        fail(a, e);
    return OK;
}

static void on_packets(void *arg, int fd, uint32_t events)
{
    uint8_t packet[QUESTION_PACKET_LEN + 1]; /* one that is too long shows */
    struct courier *c = arg;
    ssize_t n;

    (void)events;
    while ((n = recv(fd, packet, sizeof packet, MSG_DONTWAIT)) == QUESTION_PACKET_LEN) {
        if (carry(c, packet) != OK)
            break;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    hang_up(c);
}

/* Who made incoming/, which is the queue's folder, is the queue. The kernel tells who listens. */
static int is_queue(const struct courier *c, int fd)
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    struct stat incoming;

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
           fstatat(c->spool, SPOOL_INCOMING, &incoming, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(incoming.st_mode) &&
           peer.uid == incoming.st_uid;
}

static enum err connect_to_queue(struct courier *c)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = -1;
    enum err e = ERR_UNREACHABLE;

    /* The spool's own path may be longer than a socket's may. */
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", c->spool, QUESTION_SOCKET);
    if ((fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) < 0)
        goto out;
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        goto out;
    e = ERR_REFUSED;
    if (!is_queue(c, fd))
        goto out;
    if ((e = loop_watch(c->loop, fd, EPOLLIN, on_packets, c)) != OK)
        goto out;
    c->questions->queue = fd;
    fd = -1;
    log_info("question_socket", "state=up");
out:
    if (fd >= 0)
        close(fd);
    return e;
}

/* A queue that is not shared has no such socket; one that is may start later than we. */
static void connect_now_and_then(void *arg)
{
    struct courier *c = arg;

    if (c->questions->queue < 0 && connect_to_queue(c) == ERR_REFUSED)
        log_warn("question_socket", "state=refused reason=%s", "not the queue's account");
    if (loop_after(c->loop, CONNECT_EVERY_MS, connect_now_and_then, c, NULL) != OK)
        log_error("timer_lost", "what=questions");
}

enum err questions_start(struct courier *c)
{
    if (c->node.person[0] != '\0')
        return OK;
    if ((c->questions = calloc(1, sizeof *c->questions)) == NULL)
        return ERR_NOMEM;
    c->questions->queue = -1;
    LIST_INIT(&c->questions->asked);
    connect_now_and_then(c);
    return OK;
}

void questions_end(struct courier *c)
{
    if (c->questions == NULL)
        return;
    hang_up(c);
    free(c->questions);
    c->questions = NULL;
}

enum err questions_answer(struct courier *c, const struct link_peer *from, const uint8_t *body, size_t len)
{
    struct asked *a = NULL;
    struct id question;
    enum err e;

    if ((e = answer_question(body, len, &question)) != OK)
        return e;
    if (c->questions != NULL)
        a = LIST_FIRST(&c->questions->asked);
    while (a != NULL && !(id_equal(a->question, question) && id_equal(a->scout, from->node)))
        a = LIST_NEXT(a, next);
    if (a == NULL)
        return OK; /* too late */
    reply(c, question, OK, body, len);
    forget(a);
    return OK;
}
