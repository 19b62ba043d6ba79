/* SPDX-License-Identifier: Apache-2.0 */
/* courier_line: see courier_line.h. */
#include "printscout/queue/courier_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "printscout/queue/owner.h"
#include "proto/question.h"
#include "proto/spool.h"

#define BACKLOG         4
#define PACKETS_AT_ONCE 64     /* then others have their turn */
#define ROOM            200000 /* the kernel doubles it: all questions that may be under way, as it counts their bytes */

struct courier_line {
    struct courier_line_opts opts;
    int listener, courier; /* -1: not open */
};

static void hang_up(struct courier_line *l)
{
    if (l->courier < 0)
        return;
    loop_forget(l->opts.loop, l->courier);
    close(l->courier);
    l->courier = -1;
    log_info("courier_line", "state=down");
}

/* Who made site/, which is the courier's folder, is the courier. */
static int is_courier(const struct courier_line *l, int fd)
{
    struct stat site;
    uint32_t uid;

    return owner_of_socket(fd, &uid) == OK && fstatat(l->opts.spool, SPOOL_SITE, &site, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(site.st_mode) && site.st_uid == uid;
}

static enum err read_packet(struct courier_line *l, const uint8_t *packet, size_t len)
{
    struct rbuf b = rbuf_of(packet, len);
    struct id question;
    uint8_t result;
    enum err e;

    if ((e = rbuf_id(&b, &question)) != OK || (e = rbuf_u8(&b, &result)) != OK)
        return e;
    if (result >= ERR_COUNT || (result != OK && b.left > 0))
        return ERR_FORMAT;
    l->opts.on_answer(l->opts.arg, question, (enum err)result, b.at, b.left);
    return OK;
}

static void on_packets(void *arg, int fd, uint32_t events)
{
    struct courier_line *l = arg;
    uint8_t packet[ANSWER_PACKET_MAX + 1]; /* one that is too long shows */
    ssize_t n = 0;

    (void)events;
    for (int i = 0; i < PACKETS_AT_ONCE; i++) {
        n = recv(fd, packet, sizeof packet, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0 || (size_t)n > ANSWER_PACKET_MAX || read_packet(l, packet, (size_t)n) != OK) {
            hang_up(l);
            l->opts.on_lost(l->opts.arg);
            return;
        }
    }
}

static void on_connect(void *arg, int fd, uint32_t events)
{
    struct courier_line *l = arg;
    const int courier = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), room = ROOM;

    (void)events;
    if (courier < 0)
        return;
    if (!is_courier(l, courier)) {
        log_warn("question_socket_refused", "reason=%s", "not the courier's account");
        close(courier);
        return;
    }
    if (setsockopt(courier, SOL_SOCKET, SO_SNDBUF, &room, sizeof room) != 0)
        log_debug("no_room", "errno=%d", errno);
    if (l->courier >= 0) { /* it was started again, and the old end is not noticed yet */
        hang_up(l);
        l->opts.on_lost(l->opts.arg);
    }
    if (loop_watch(l->opts.loop, courier, EPOLLIN, on_packets, l) != OK) {
        close(courier);
        return;
    }
    l->courier = courier;
    log_info("courier_line", "state=up");
}

static enum err open_socket(struct courier_line *l)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    /* The spool's own path may be longer than a socket's may. */
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", l->opts.spool, QUESTION_SOCKET);
    if (unlinkat(l->opts.spool, QUESTION_SOCKET, 0) != 0 && errno != ENOENT)
        return ERR_IO;
    if ((l->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) < 0)
        return ERR_IO;
    /* Others than the spool's group cannot even connect: umask, and the folder itself. */
    if (bind(l->listener, (const struct sockaddr *)&address, sizeof address) != 0 || listen(l->listener, BACKLOG) != 0)
        return ERR_IO;
    return loop_watch(l->opts.loop, l->listener, EPOLLIN, on_connect, l);
}

enum err courier_line_new(const struct courier_line_opts *opts, struct courier_line **out)
{
    struct courier_line *l = calloc(1, sizeof *l);
    enum err e = ERR_NOMEM;

    if (l == NULL)
        goto out;
    l->opts = *opts;
    l->listener = l->courier = -1;
    if ((e = open_socket(l)) != OK)
        goto out;
    *out = l;
    l = NULL;
out:
    courier_line_free(l);
    return e;
}

void courier_line_free(struct courier_line *l)
{
    if (l == NULL)
        return;
    hang_up(l);
    if (l->listener >= 0) {
        loop_forget(l->opts.loop, l->listener);
        file_close(l->listener);
        unlinkat(l->opts.spool, QUESTION_SOCKET, 0);
    }
    free(l);
}

enum err courier_line_send(struct courier_line *l, const uint8_t *packet, size_t len)
{
    if (l->courier < 0)
        return ERR_UNREACHABLE;
    /* A whole packet or none. A courier that does not read is no courier. */
    return send(l->courier, packet, len, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)len ? OK : ERR_UNREACHABLE;
}
