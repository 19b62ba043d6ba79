/* SPDX-License-Identifier: Apache-2.0 */
/* readers: see readers.h. The document only passes through this process; it collects in the reader's locked memory. */
#include "printscout/queue/readers.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "printscout/queue/patience.h"

#define PATH_SIZE 4096
#define START_MS  5000

struct readers {
    int control;
    pid_t program;
    struct patience *patience;
    atomic_size_t bytes; /* of documents that readers hold */
    atomic_int told;     /* that the program is gone */
};

struct reader {
    struct readers *readers;
    int stream; /* -1: given up */
    size_t bytes;
};

static enum err wait_for(int fd, short events, uint64_t until_ms)
{
    struct pollfd p = {.fd = fd, .events = events};

    for (;;) {
        const uint64_t now = clock_boot_ms();
        const int n = poll(&p, 1, now < until_ms ? (int)(until_ms - now) : 0);

        if (n > 0)
            return OK;
        if (n == 0)
            return ERR_TIMEOUT;
        if (errno != EINTR)
            return ERR_IO;
    }
}

/* /usr/sbin/printscout-queue → /usr/sbin/printscout-pages */
static enum err find_program(char path[static PATH_SIZE])
{
    const ssize_t len = readlink("/proc/self/exe", path, PATH_SIZE - sizeof PAGES_PROGRAM);
    char *name;

    if (len < 0)
        return ERR_IO;
    path[len] = '\0';
    if ((name = strrchr(path, '/')) == NULL)
        return ERR_IO;
    strcpy(name + 1, PAGES_PROGRAM);
    return OK;
}

static enum err start(struct readers *rs, const char *path)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return ERR_IO;
    rs->control = pair[0];
    if ((rs->program = fork()) == 0) {
        /* In two steps: dup2() onto itself would keep the flag that closes it. */
        if (dup2(pair[1], PAGES_CONTROL_FD + 1) < 0 || dup2(PAGES_CONTROL_FD + 1, PAGES_CONTROL_FD) < 0 ||
            close_range(PAGES_CONTROL_FD + 1, ~0U, 0) != 0)
            _exit(126);
        execl(path, PAGES_PROGRAM, (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
    return rs->program > 0 ? OK : ERR_IO;
}

enum err readers_new(struct readers **out)
{
    struct readers *rs = calloc(1, sizeof *rs);
    char path[PATH_SIZE], ready;
    enum err e = ERR_NOMEM;

    if (rs == NULL)
        goto out;
    rs->control = -1;
    if ((e = patience_new(&rs->patience)) != OK || (e = find_program(path)) != OK || (e = start(rs, path)) != OK)
        goto out;
    e = wait_for(rs->control, POLLIN, clock_boot_ms() + START_MS);
    if (e == OK && recv(rs->control, &ready, 1, 0) != 1)
        e = ERR_IO; /* it ended instead, and said why */
    if (e != OK)
        goto out;
    *out = rs; /* the caller owns it now */
    rs = NULL;
out:
    readers_free(rs);
    return e;
}

void readers_free(struct readers *rs)
{
    if (rs == NULL)
        return;
    if (rs->control >= 0)
        close(rs->control); /* it ends by that */
    if (rs->program > 0) {
        while (waitpid(rs->program, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    patience_free(rs->patience);
    free(rs);
}

static enum err hand_over(struct readers *rs, int stream)
{
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.bytes = {0}};
    char byte = 'd';
    struct iovec piece = {&byte, 1};
    struct msghdr m = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &stream, sizeof stream);
    if (sendmsg(rs->control, &m, MSG_NOSIGNAL | MSG_DONTWAIT) == 1)
        return OK;
    if (!atomic_exchange(&rs->told, 1))
        log_warn("pages_not_counted", "reason=%m");
    return ERR_IO;
}

enum err reader_new(struct readers *rs, struct reader **out)
{
    struct reader *r = calloc(1, sizeof *r);
    int pair[2] = {-1, -1};
    enum err e = ERR_NOMEM;

    if (r == NULL)
        goto out;
    r->readers = rs;
    r->stream = -1;
    e = ERR_IO;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        goto out;
    r->stream = pair[0];
    if ((e = hand_over(rs, pair[1])) != OK)
        goto out;
    *out = r; /* the caller owns it now */
    r = NULL;
out:
    if (pair[1] >= 0)
        close(pair[1]);
    reader_free(r);
    return e;
}

static void give_up(struct reader *r)
{
    if (r->stream >= 0)
        close(r->stream);
    r->stream = -1;
    atomic_fetch_sub(&r->readers->bytes, r->bytes);
    r->bytes = 0;
}

void reader_free(struct reader *r)
{
    if (r == NULL)
        return;
    give_up(r);
    free(r);
}

/* Room for so many more, in this document and in all. */
static int reserve(struct reader *r, size_t len)
{
    if (len > PAGES_DOCUMENT_MAX - r->bytes)
        return 0;
    r->bytes += len;
    return atomic_fetch_add(&r->readers->bytes, len) + len <= READERS_BYTES_MAX;
}

void reader_bytes(struct reader *r, const uint8_t *bytes, size_t len)
{
    const uint64_t until = clock_boot_ms() + READER_TAKE_MS;

    if (r->stream < 0)
        return;
    if (!reserve(r, len)) {
        give_up(r);
        return;
    }
    while (len > 0) {
        const ssize_t n = send(r->stream, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        } else if ((errno != EAGAIN && errno != EINTR) || wait_for(r->stream, POLLOUT, until) != OK) {
            give_up(r);
            return;
        }
    }
}

void reader_end(struct reader *r)
{
    if (r->stream >= 0 && shutdown(r->stream, SHUT_WR) != 0)
        give_up(r);
}

static enum err hear(struct reader *r, uint8_t *out, size_t len, uint64_t until)
{
    enum err e;

    while (len > 0) {
        ssize_t n;

        if ((e = wait_for(r->stream, POLLIN, until)) != OK)
            return e;
        if ((n = recv(r->stream, out, len, MSG_DONTWAIT)) <= 0 && (n == 0 || errno != EINTR))
            return ERR_IO;
        if (n > 0) {
            out += n;
            len -= (size_t)n;
        }
    }
    return OK;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void hear_answer(struct reader *r, uint64_t now, uint64_t until, uint32_t *pages, enum pages_color *color)
{
    uint8_t number[4] = {0}, byte;
    struct rbuf b = rbuf_of(number, sizeof number);

    if (hear(r, number, sizeof number, earlier(now + READER_PAGES_MS, until)) != OK || rbuf_u32(&b, pages) != OK)
        return;
    if (hear(r, &byte, 1, earlier(clock_boot_ms() + READER_COLOR_MS, until)) == OK &&
        (byte == PAGES_COLOR_NO || byte == PAGES_COLOR_YES))
        *color = (enum pages_color)byte;
}

void reader_answer(struct reader *r, uint32_t uid, uint32_t *pages, enum pages_color *color)
{
    const uint64_t now = clock_boot_ms();
    uint64_t until, after;

    *pages = 0;
    *color = PAGES_COLOR_UNKNOWN;
    if (r->stream < 0)
        return;
    until = now + patience_take(r->readers->patience, uid, READER_PAGES_MS + READER_COLOR_MS, now);
    hear_answer(r, now, until, pages, color);
    after = clock_boot_ms();
    if (after < until)
        patience_give_back(r->readers->patience, uid, until - after);
    give_up(r); /* what still counts ends by that */
}
