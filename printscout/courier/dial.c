/* SPDX-License-Identifier: Apache-2.0 */
/* dial: getaddrinfo, non-blocking connect, poll. */
#include "printscout/courier/dial.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define FIRST_PAUSE_MS 50 /* between two rounds; doubles */
#define LAST_PAUSE_MS  1000

struct dial {
    struct printer_uri where;
    struct addrinfo *addresses, *next; /* NULL until the name was resolved */
    int fd;                            /* connecting, or -1 */
};

static void resolve(struct dial *dial)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    char port[8];

    if (dial->addresses != NULL)
        return;
    snprintf(port, sizeof port, "%u", dial->where.port);
    if (getaddrinfo(dial->where.host, port, &hints, &dial->addresses) != 0)
        dial->addresses = NULL;
    dial->next = dial->addresses;
}

static void hang_up(struct dial *dial)
{
    if (dial->fd >= 0)
        close(dial->fd);
    dial->fd = -1;
}

/* Begin to connect to the next address that takes it; dial->fd stays -1 when there is none. */
static void begin(struct dial *dial)
{
    const int on = 1;

    for (; dial->fd < 0 && dial->next != NULL; dial->next = dial->next->ai_next) {
        const struct addrinfo *a = dial->next;

        dial->fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
        if (dial->fd < 0)
            continue;
        /* The first chunk must not wait for an acknowledgement of what went before it. */
        setsockopt(dial->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connect(dial->fd, a->ai_addr, a->ai_addrlen) != 0 && errno != EINPROGRESS)
            hang_up(dial);
    }
}

enum err dial_new(const struct printer_uri *where, struct dial **out)
{
    struct dial *dial = calloc(1, sizeof *dial);

    if (dial == NULL)
        return ERR_NOMEM;
    dial->where = *where;
    dial->fd = -1;
    resolve(dial);
    begin(dial);
    *out = dial; /* the caller owns it now */
    return OK;
}

void dial_free(struct dial *dial)
{
    if (dial == NULL)
        return;
    hang_up(dial);
    if (dial->addresses != NULL)
        freeaddrinfo(dial->addresses);
    free(dial);
}

/* Is the connection that was begun there? ERR_UNREACHABLE: no, and it will not be. */
static enum err finish(struct dial *dial, const struct deliver *d)
{
    struct pollfd p[2] = {{.fd = dial->fd, .events = POLLOUT}, {.fd = d->stop_fd, .events = POLLIN}};
    socklen_t len = sizeof(int);
    int n, error = 0;

    do
        n = poll(p, 2, (int)d->limits.connect_ms);
    while (n < 0 && errno == EINTR);
    if (n > 0 && p[1].revents != 0)
        return ERR_STATE;
    if (n <= 0 || getsockopt(dial->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0 || error != 0)
        return ERR_UNREACHABLE;
    return OK;
}

enum err dial_wait(struct dial *dial, const struct deliver *d, int *fd)
{
    int pause_ms = FIRST_PAUSE_MS;
    enum err e;

    for (;;) {
        for (begin(dial); dial->fd >= 0; begin(dial)) {
            if ((e = finish(dial, d)) == OK) {
                *fd = dial->fd; /* the caller owns it now */
                dial->fd = -1;
                return OK;
            }
            hang_up(dial);
            if (e == ERR_STATE)
                return e;
        }
        if (clock_boot_ms() + (uint64_t)pause_ms > d->deadline_boot_ms)
            return ERR_UNREACHABLE;
        if (deliver_pause(d, pause_ms))
            return ERR_STATE;
        pause_ms = pause_ms * 2 < LAST_PAUSE_MS ? pause_ms * 2 : LAST_PAUSE_MS;
        resolve(dial);
        dial->next = dial->addresses;
    }
}
