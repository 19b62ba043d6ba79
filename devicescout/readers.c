/* SPDX-License-Identifier: Apache-2.0 */
/* readers: accept, look at the address, read lines. */
#include "devicescout/readers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "crypto/secret.h"
#include "devicescout/people/badge_text.h"

#define READERS_MAX 256 /* connections: many readers keep theirs open for days */
#define BACKLOG     16

struct reader {
    struct readers *readers;
    int fd;
    const char *printer; /* the setting's text, behind its = */
    char line[BADGE_TEXT_MAX + 1];
    size_t len;
    int too_long; /* the rest of this line is dropped */
    LIST_ENTRY(reader) next;
};

struct readers {
    struct readers_opts opts;
    int fd;
    size_t len;
    LIST_HEAD(, reader) list;
};

/* "10.0.0.7=mono" */
static const char *printer_at(const struct readers *r, const char *address)
{
    for (size_t i = 0; i < conf_list_len(r->opts.conf, "readers"); i++) {
        const char *item = conf_list_item(r->opts.conf, "readers", i);
        const char *equals = strchr(item, '=');

        if (equals != NULL && strlen(address) == (size_t)(equals - item) &&
            strncmp(item, address, strlen(address)) == 0)
            return equals + 1;
    }
    return NULL;
}

static void reader_free(struct reader *x)
{
    loop_forget(x->readers->opts.loop, x->fd);
    close(x->fd);
    LIST_REMOVE(x, next);
    x->readers->len--;
    secret_wipe(x, sizeof *x);
    free(x);
}

static void end_line(struct reader *x)
{
    const struct readers_opts *o = &x->readers->opts;

    x->line[x->len] = '\0';
    if (x->len > 0 && !x->too_long)
        o->on_swipe(o->arg, x->printer, x->line);
    secret_wipe(x->line, sizeof x->line);
    x->len = 0;
    x->too_long = 0;
}

/* Lines end as each maker likes: LF, CR, or the ETX of serial days. */
static void take(struct reader *x, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const char c = bytes[i];

        if (c == '\n' || c == '\r' || c == '\x03')
            end_line(x);
        else if (c == '\x02' && x->len == 0)
            continue; /* STX in front */
        else if (c < ' ' || c > '~' || x->len == BADGE_TEXT_MAX)
            x->too_long = 1;
        else
            x->line[x->len++] = c;
    }
}

static void on_bytes(void *arg, int fd, uint32_t events)
{
    struct reader *x = arg;
    char bytes[256];
    const ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);

    (void)events;
    if (n > 0) {
        take(x, bytes, (size_t)n);
        secret_wipe(bytes, sizeof bytes);
        return;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n == 0)
        end_line(x); /* some readers just hang up after the id */
    reader_free(x);
}

static void address_of(const struct sockaddr_storage *a, char out[static INET6_ADDRSTRLEN])
{
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)a;
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)a;

    out[0] = '\0';
    if (a->ss_family == AF_INET)
        inet_ntop(AF_INET, &v4->sin_addr, out, INET6_ADDRSTRLEN);
    else if (a->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
        inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], out, INET6_ADDRSTRLEN);
    else if (a->ss_family == AF_INET6)
        inet_ntop(AF_INET6, &v6->sin6_addr, out, INET6_ADDRSTRLEN);
}

static void on_connect(void *arg, int fd, uint32_t events)
{
    struct readers *r = arg;
    struct sockaddr_storage from;
    socklen_t len = sizeof from;
    char address[INET6_ADDRSTRLEN];
    struct reader *x = NULL;
    const int peer = accept4(fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    const char *printer;

    (void)events;
    if (peer < 0)
        return;
    address_of(&from, address);
    if ((printer = printer_at(r, address)) == NULL || r->len == READERS_MAX || (x = calloc(1, sizeof *x)) == NULL) {
        log_info("reader_refused", "address=%s known=%d", address, printer != NULL);
        close(peer);
        return;
    }
    *x = (struct reader){.readers = r, .fd = peer, .printer = printer};
    LIST_INSERT_HEAD(&r->list, x, next);
    r->len++;
    if (loop_watch(r->opts.loop, peer, EPOLLIN, on_bytes, x) != OK)
        reader_free(x);
}

static enum err listen_at(struct readers *r, const char *address, uint16_t port)
{
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    const int is_v4 = inet_pton(AF_INET, address, &v4.sin_addr) == 1, on = 1;
    const struct sockaddr *at = is_v4 ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6;

    if (!is_v4 && inet_pton(AF_INET6, address, &v6.sin6_addr) != 1)
        return ERR_CONFIG;
    r->fd = socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (r->fd < 0 || setsockopt(r->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(r->fd, at, is_v4 ? sizeof v4 : sizeof v6) != 0 || listen(r->fd, BACKLOG) != 0)
        return ERR_CONFIG;
    return loop_watch(r->opts.loop, r->fd, EPOLLIN, on_connect, r);
}

enum err readers_new(const struct readers_opts *opts, struct readers **out)
{
    const uint16_t port = (uint16_t)conf_number(opts->conf, "reader-port");
    const char *address = conf_text(opts->conf, "reader-address");
    struct readers *r = NULL;
    enum err e = OK;

    if (port == 0)
        goto out;
    e = ERR_NOMEM;
    if ((r = calloc(1, sizeof *r)) == NULL)
        goto out;
    r->opts = *opts;
    r->fd = -1;
    LIST_INIT(&r->list);
    if ((e = listen_at(r, address, port)) != OK) {
        log_error("readers_not_heard", "address=%s port=%u why=%s", address, (unsigned)port, strerror(errno));
        goto out;
    }
    *out = r; /* the caller owns it now */
    r = NULL;
out:
    readers_free(r);
    return e;
}

void readers_free(struct readers *r)
{
    if (r == NULL)
        return;
    while (!LIST_EMPTY(&r->list))
        reader_free(LIST_FIRST(&r->list));
    if (r->fd >= 0) {
        loop_forget(r->opts.loop, r->fd);
        close(r->fd);
    }
    free(r);
}
