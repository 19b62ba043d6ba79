/* SPDX-License-Identifier: Apache-2.0 */
/* dial: getaddrinfo, then one address after another. */
#include "devicescout/printers/dial.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum err dial_wait(int fd, short events, uint64_t deadline_ms)
{
    for (;;) {
        struct pollfd p = {.fd = fd, .events = events};
        const uint64_t now = clock_boot_ms();
        int n;

        if (now >= deadline_ms)
            return ERR_TIMEOUT;
        n = poll(&p, 1, (int)(deadline_ms - now));
        if (n > 0)
            return OK;
        if (n < 0 && errno != EINTR)
            return ERR_IO;
    }
}

static enum err dial_one(const struct addrinfo *a, uint64_t timeout_ms, int *out)
{
    const int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int failed = 0;
    socklen_t len = sizeof failed;
    enum err e = ERR_UNREACHABLE;

    if (fd < 0)
        return ERR_IO;
    if (connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
        if (errno != EINPROGRESS)
            goto out;
        if ((e = dial_wait(fd, POLLOUT, clock_boot_ms() + timeout_ms)) != OK)
            goto out;
        e = ERR_UNREACHABLE;
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len) != 0 || failed != 0)
            goto out;
    }
    *out = fd;
    return OK;
out:
    close(fd);
    return e;
}

enum err dial(const char *host, uint16_t port, uint64_t timeout_ms, int *out)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    char service[8];
    enum err e = ERR_NOTFOUND;

    snprintf(service, sizeof service, "%u", (unsigned)port);
    if (getaddrinfo(host, service, &hints, &list) != 0)
        return e;
    for (const struct addrinfo *a = list; a != NULL && e != OK; a = a->ai_next)
        e = dial_one(a, timeout_ms, out);
    freeaddrinfo(list);
    return e;
}
