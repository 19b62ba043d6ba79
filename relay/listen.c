/* SPDX-License-Identifier: Apache-2.0 */
/* listen: see listen.h. */
#include "relay/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static enum err bind_to(int fd, const struct addrinfo *where, uint16_t *port)
{
    const int on = 1, off = 0;
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } bound;
    socklen_t len = sizeof bound;

    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        return ERR_IO;
    if (where->ai_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0)
        return ERR_IO;
    if (bind(fd, where->ai_addr, where->ai_addrlen) != 0 || listen(fd, SOMAXCONN) != 0)
        return ERR_IO;
    if (getsockname(fd, &bound.any, &len) != 0)
        return ERR_IO;
    *port = ntohs(bound.any.sa_family == AF_INET6 ? bound.v6.sin6_port : bound.v4.sin_port);
    return OK;
}

static enum err open_at(const char *address, uint16_t *port, int *out)
{
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *where = NULL;
    char service[8];
    int fd = -1;
    enum err e = ERR_CONFIG;

    snprintf(service, sizeof service, "%u", (unsigned)*port);
    if (getaddrinfo(address, service, &hints, &where) != 0)
        goto out;
    e = ERR_IO;
    if ((fd = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
        goto out;
    if ((e = bind_to(fd, where, port)) != OK)
        goto out;
    *out = fd; /* the caller owns it now */
    fd = -1;
out:
    if (where != NULL)
        freeaddrinfo(where);
    if (fd >= 0) {
        const int saved = errno;

        close(fd);
        errno = saved;
    }
    return e;
}

enum err listen_open(const char *address, uint16_t *port, int *out)
{
    enum err e = open_at(address, port, out);

    /* "::" means every address; many containers have no IPv6. */
    if (e == ERR_IO && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL) && strcmp(address, "::") == 0)
        e = open_at("0.0.0.0", port, out);
    return e;
}
