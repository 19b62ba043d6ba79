/* SPDX-License-Identifier: Apache-2.0 */
/* server: see server.h. */
#include "relay/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "relay/request.h"
#include "relay/tls.h"

/* A connection's headers, and the piece of a body that is in flight, must fit; bodies stream through it. The price is
 * paid by every idle stream. */
#define CONNECTION_MEMORY 4096
/* Unacknowledged bytes, a heartbeat say, make the kernel give up a peer that vanished. */
#define PEER_SILENCE_MS 30000
/* What the kernel may hold for a peer that does not read: a message and some; it doubles the number. */
#define SEND_BUFFER     (64 * 1024)
#define STOP_ROUNDS     8
#define ROUNDS_AT_ONCE  64 /* the longest answer goes out in them, 1 KiB at a time */
#define ROUNDS_PAUSE_MS 10

/* Let libmicrohttpd do what it can now, and come back when it wants to. */
static void run(struct server *s);

static void on_timer(void *arg)
{
    struct server *s = arg;

    s->timer = 0;
    run(s);
}

static void on_ready(void *arg, int fd, uint32_t events)
{
    struct server *s = arg;

    (void)fd, (void)events;
    s->rounds = 0;
    run(s);
}

/*
 * libmicrohttpd 0.9.75 with epoll takes a TLS handshake that waits for more for one that can go on, and asks for
 * another round at once, as long as the client is silent: one byte from anybody would keep a core busy. What GnuTLS has
 * read already, for which the next round is asked in earnest, is gone after a few.
 */
static uint64_t next_round_ms(struct server *s, uint64_t wanted_ms)
{
    if (wanted_ms > 0)
        s->rounds = 0;
    else if (++s->rounds > ROUNDS_AT_ONCE)
        return ROUNDS_PAUSE_MS;
    return wanted_ms;
}

static void run(struct server *s)
{
    MHD_UNSIGNED_LONG_LONG ms = 0;

    if (s->timer != 0)
        loop_cancel(s->loop, s->timer);
    s->timer = 0;
    s->running = 1;
    /* Twice when the first round resumed somebody: who appends a message wakes its reader in the same turn. */
    for (int round = 0; round < 2; round++) {
        s->woken = 0;
        MHD_run(s->daemon);
        if (!s->woken)
            break;
    }
    s->running = 0;
    /* Bytes that GnuTLS has read already do not show in epoll: libmicrohttpd then asks for another round at once. */
    if ((s->woken || MHD_get_timeout(s->daemon, &ms) == MHD_YES) &&
        loop_after(s->loop, s->woken ? ms : next_round_ms(s, ms), on_timer, s, &s->timer) != OK)
        log_error("server_may_stall", "reason=%s", err_name(ERR_NOMEM));
}

/* A daemon without threads of its own has no way to notice by itself that a request was resumed. */
void server_poke(void *arg)
{
    struct server *s = arg;

    s->woken = 1;
    if (s->running || s->stopping)
        return;
    if (s->timer != 0)
        loop_cancel(s->loop, s->timer);
    if (loop_after(s->loop, 0, on_timer, s, &s->timer) != OK)
        log_error("server_may_stall", "reason=%s", err_name(ERR_NOMEM));
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const int silence_ms = PEER_SILENCE_MS, send_buffer = SEND_BUFFER;
    struct server *s = cls;

    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (*context != NULL)
            conns_remove(s->conns, *context);
        *context = NULL;
        return;
    }
    if (info == NULL)
        return;
    if (setsockopt(info->connect_fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silence_ms, sizeof silence_ms) != 0 ||
        setsockopt(info->connect_fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer) != 0)
        log_debug("no_socket_option", "errno=%d", errno);
    *context = conns_add(s->conns, info->connect_fd);
    if (*context == NULL)
        shutdown(info->connect_fd, SHUT_RDWR); /* no memory for its deadline, so no service */
}

/* libmicrohttpd decodes %41 in paths and queries; every path here is plain, and what is not must not look so. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls, (void)connection;
    return strlen(text);
}

/* Its messages are about clients that misbehave or leave: nothing for a person at the usual level. */
static void PRINTF_LIKE(2, 0) on_message(void *cls, const char *fmt, va_list ap)
{
    char text[256];
    int n = vsnprintf(text, sizeof text, fmt, ap);

    (void)cls;
    for (; n > 0 && (n >= (int)sizeof text || text[n - 1] == '\n'); n--)
        text[n < (int)sizeof text ? n - 1 : (int)sizeof text - 1] = '\0';
    log_debug("http", "message=%s", text);
}

enum err server_start(struct server *s, int listen_fd)
{
    const unsigned flags = MHD_USE_EPOLL | MHD_USE_TLS | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    const union MHD_DaemonInfo *info;
    enum err e;

    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, request_handle, s, MHD_OPTION_EXTERNAL_LOGGER, on_message, NULL, MHD_OPTION_LISTEN_SOCKET,
        listen_fd, MHD_OPTION_CONNECTION_LIMIT, s->settings->connections_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_HTTPS_PRIORITIES, TLS_PRIORITIES, MHD_OPTION_HTTPS_CERT_CALLBACK,
        tls_callback(), MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_NOTIFY_COMPLETED, request_completed,
        s, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (s->daemon == NULL) {
        close(listen_fd);
        return ERR_IO;
    }
    info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (info == NULL)
        return ERR_IO;
    s->epoll = info->epoll_fd;
    if ((e = loop_watch(s->loop, s->epoll, EPOLLIN, on_ready, s)) != OK)
        return e;
    run(s);
    return OK;
}

void server_stop(struct server *s)
{
    if (s->daemon == NULL)
        return;
    s->stopping = 1;
    waiters_wake_all(s->waiters);
    /* Suspended requests must be resumed before the daemon stops; each round brings them a step further to their end.
     */
    for (int i = 0; i < STOP_ROUNDS; i++)
        MHD_run(s->daemon);
    if (s->timer != 0)
        loop_cancel(s->loop, s->timer);
    loop_forget(s->loop, s->epoll);
    MHD_stop_daemon(s->daemon); /* closes the listening socket too */
    s->daemon = NULL;
}
