/* SPDX-License-Identifier: Apache-2.0 */
/* listen: see listen.h. */
#include "printscout/queue/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 4096 /* connections that the kernel keeps while all workers are busy with an fsync */

/* Does somebody answer on this socket? Then it is not ours to replace. */
static int answers(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int yes;

    if (fd < 0)
        return 0;
    yes = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN;
    close(fd);
    return yes;
}

static enum err bind_and_listen(int fd, const void *address, socklen_t len)
{
    if (bind(fd, address, len) != 0)
        return errno == EADDRINUSE ? ERR_EXISTS : ERR_IO;
    return listen(fd, BACKLOG) == 0 ? OK : ERR_IO;
}

enum err listen_unix(const char *path, int *out)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = -1;
    enum err e = ERR_LIMIT;

    if (strlen(path) >= sizeof address.sun_path)
        goto out;
    memcpy(address.sun_path, path, strlen(path) + 1);
    e = ERR_EXISTS;
    if (answers(&address))
        goto out;
    unlink(path);
    e = ERR_IO;
    if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) < 0)
        goto out;
    if ((e = bind_and_listen(fd, &address, sizeof address)) != OK)
        goto out;
    e = ERR_IO;
    if (chmod(path, 0666) != 0) /* who connects is asked of the kernel, so everybody may */
        goto out;
    *out = fd;
    fd = -1;
    e = OK;
out:
    if (fd >= 0)
        close(fd);
    return e;
}

/* The address in *out, its length in *len. */
static enum err read_address(const char *text, int port, struct sockaddr_storage *out, socklen_t *len)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};

    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
        memcpy(out, &in, sizeof in);
        *len = sizeof in;
        return OK;
    }
    if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1) {
        memcpy(out, &in6, sizeof in6);
        *len = sizeof in6;
        return OK;
    }
    return ERR_FORMAT;
}

static int is_loopback(const struct sockaddr_storage *at)
{
    if (at->ss_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)at)->sin_addr.s_addr) >> 24 == 127;
    return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)at)->sin6_addr);
}

static enum err set_options(int fd, int family)
{
    const int yes = 1, no = 0;

    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0)
        return ERR_IO;
    if (family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no) != 0)
        return ERR_IO;
    return OK;
}

static enum err listen_tcp(struct sockaddr_storage *at, socklen_t len, int *out, int *bound)
{
    int fd = -1;
    enum err e = ERR_IO;

    if ((fd = socket(at->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) < 0)
        goto out;
    if ((e = set_options(fd, at->ss_family)) != OK || (e = bind_and_listen(fd, at, len)) != OK)
        goto out;
    e = ERR_IO;
    if (getsockname(fd, (struct sockaddr *)at, &len) != 0)
        goto out;
    *bound =
        ntohs(at->ss_family == AF_INET ? ((struct sockaddr_in *)at)->sin_port : ((struct sockaddr_in6 *)at)->sin6_port);
    *out = fd;
    fd = -1;
    e = OK;
out:
    if (fd >= 0)
        close(fd);
    return e;
}

enum err listen_loopback(const char *address, int port, int *out, int *bound)
{
    struct sockaddr_storage at;
    socklen_t len;
    enum err e;

    if ((e = read_address(address, port, &at, &len)) != OK)
        return e;
    return is_loopback(&at) ? listen_tcp(&at, len, out, bound) : ERR_REFUSED;
}

enum err listen_network(const char *address, int port, int *out, int *bound)
{
    struct sockaddr_storage at;
    socklen_t len;
    enum err e;

    if ((e = read_address(address, port, &at, &len)) != OK)
        return e;
    e = listen_tcp(&at, len, out, bound);
    return e == ERR_IO && errno == EACCES ? ERR_REFUSED : e;
}
