/* SPDX-License-Identifier: Apache-2.0 */
/* server: libmicrohttpd over TLS, driven by the loop: its epoll descriptor is watched, its timeouts are loop timers. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "devicescout/web/web_state.h"

#define CONNECTIONS_MAX         2000
#define CONNECTIONS_ADDRESS_MAX 200 /* behind one proxy or NAT */
#define CONNECTION_MEMORY       (16 * 1024)
#define PEER_SILENCE_MS         30000 /* unacknowledged heartbeats end a connection whose panel was switched off */
#define BEAT_MS                 1000
#define STOP_ROUNDS             8
#define ROUNDS_AT_ONCE          64 /* each sends 16 KiB: the longest list goes out without a pause */
#define ROUNDS_PAUSE_MS         10

static void run(struct web *w);

static void on_timer(void *arg)
{
    struct web *w = arg;

    w->timer = 0;
    run(w);
}

static void on_ready(void *arg, int fd, uint32_t events)
{
    struct web *w = arg;

    (void)fd, (void)events;
    w->rounds = 0;
    run(w);
}

/*
 * libmicrohttpd 0.9.75 with epoll takes a TLS handshake that waits for more for one that can go on, and asks for
 * another round at once, as long as the client is silent: one byte from anybody would keep a core busy. What GnuTLS has
 * read already, for which the next round is asked in earnest, is gone after a few.
 */
static uint64_t next_round_ms(struct web *w, uint64_t wanted_ms)
{
    if (wanted_ms > 0)
        w->rounds = 0;
    else if (++w->rounds > ROUNDS_AT_ONCE)
        return ROUNDS_PAUSE_MS;
    return wanted_ms;
}

static void run(struct web *w)
{
    MHD_UNSIGNED_LONG_LONG ms;

    if (w->timer != 0)
        loop_cancel(w->opts.loop, w->timer);
    w->timer = 0;
    MHD_run(w->daemon);
    /* What GnuTLS has read already does not show in epoll: then the daemon wants to run again at once. */
    if (MHD_get_timeout(w->daemon, &ms) == MHD_YES &&
        loop_after(w->opts.loop, next_round_ms(w, ms), on_timer, w, &w->timer) != OK)
        log_error("web_may_stall", "why=no memory");
}

/* libmicrohttpd looks for resumed connections when it runs; driven from outside, nobody else tells it to. */
void server_wake(struct web *w)
{
    if (w->timer != 0)
        loop_cancel(w->opts.loop, w->timer);
    w->timer = 0;
    if (loop_after(w->opts.loop, 0, on_timer, w, &w->timer) != OK)
        log_error("web_may_stall", "why=no memory");
}

static void on_beat(void *arg)
{
    struct web *w = arg;
    uint64_t now = clock_boot_ms();

    w->beat = 0;
    conns_sweep(w->conns, now);
    sessions_sweep(w->opts.sessions, now);
    events_beat(w->events, now);
    /* At a limit, of connections or descriptors, libmicrohttpd stops listening, and looks whether it is over only when
     * it runs; with nobody let in, nothing else would run it. */
    run(w);
    if (loop_after(w->opts.loop, BEAT_MS, on_beat, w, &w->beat) != OK)
        log_error("web_may_stall", "why=no memory");
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const unsigned silence_ms = PEER_SILENCE_MS;
    struct web *w = cls;

    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (*context != NULL)
            conns_remove(w->conns, *context);
        *context = NULL;
        return;
    }
    if (info == NULL)
        return;
    if (setsockopt(info->connect_fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silence_ms, sizeof silence_ms) != 0)
        log_debug("no_user_timeout", "errno=%d", errno);
    *context = conns_add(w->conns, info->connect_fd, clock_boot_ms());
    if (*context == NULL)
        shutdown(info->connect_fd, SHUT_RDWR);
}

/* Every path here is plain text; a %2f is not to become a slash behind the routes' back. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls, (void)connection;
    return strlen(text);
}

/* About clients that misbehave or leave: nothing for the usual level. */
static void PRINTF_LIKE(2, 0) on_message(void *cls, const char *fmt, va_list ap)
{
    char text[256];

    (void)cls;
    if (vsnprintf(text, sizeof text, fmt, ap) > 0) {
        text[strcspn(text, "\n")] = '\0';
        log_debug("http", "message=%s", text);
    }
}

static enum err bind_and_listen(int fd, const struct addrinfo *where, uint16_t *port)
{
    const int on = 1, off = 0;
    struct sockaddr_storage bound;
    socklen_t len = sizeof bound;

    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        return ERR_IO;
    if (where->ai_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0)
        return ERR_IO;
    if (bind(fd, where->ai_addr, where->ai_addrlen) != 0 || listen(fd, SOMAXCONN) != 0 ||
        getsockname(fd, (struct sockaddr *)&bound, &len) != 0)
        return ERR_IO;
    *port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                              : ((struct sockaddr_in *)&bound)->sin_port);
    return OK;
}

static enum err open_port(const char *address, uint16_t wanted, uint16_t *port, int *out)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *where = NULL;
    char service[8];
    int fd = -1;
    enum err e = ERR_CONFIG;

    snprintf(service, sizeof service, "%u", wanted);
    if (getaddrinfo(address, service, &hints, &where) != 0) {
        log_error("cannot_listen", "address=%s why=not a numeric address", address);
        goto out;
    }
    fd = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind_and_listen(fd, where, port) != OK) {
        log_error("cannot_listen", "address=%s port=%u why=%s", address, wanted, strerror(errno));
        goto out;
    }
    *out = fd; /* the caller owns it now */
    fd = -1;
    e = OK;
out:
    if (where != NULL)
        freeaddrinfo(where);
    if (fd >= 0)
        close(fd);
    return e;
}

enum err server_start(struct web *w)
{
    const unsigned flags = MHD_USE_EPOLL | MHD_USE_TLS | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    const union MHD_DaemonInfo *info;
    int fd = -1;
    enum err e;

    if ((e = open_port(w->opts.address, w->opts.port, &w->port, &fd)) != OK)
        return e;
    tls_serve(w->tls);
    w->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, request_handle, w, MHD_OPTION_EXTERNAL_LOGGER, on_message, NULL, MHD_OPTION_LISTEN_SOCKET,
        fd, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT, CONNECTIONS_ADDRESS_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_HTTPS_PRIORITIES, TLS_PRIORITIES,
        MHD_OPTION_HTTPS_CERT_CALLBACK, tls_retrieve, MHD_OPTION_NOTIFY_CONNECTION, on_connection, w,
        MHD_OPTION_NOTIFY_COMPLETED, request_completed, w, MHD_OPTION_URI_LOG_CALLBACK, request_line_came, w,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (w->daemon == NULL) {
        close(fd);
        log_error("cannot_listen", "address=%s why=the HTTP server does not start", w->opts.address);
        return ERR_CONFIG;
    }
    if ((info = MHD_get_daemon_info(w->daemon, MHD_DAEMON_INFO_EPOLL_FD)) == NULL)
        return ERR_IO;
    w->epoll = info->epoll_fd;
    if ((e = loop_watch(w->opts.loop, w->epoll, EPOLLIN, on_ready, w)) != OK)
        return e;
    if ((e = loop_after(w->opts.loop, BEAT_MS, on_beat, w, &w->beat)) != OK)
        return e;
    run(w);
    return OK;
}

void server_stop(struct web *w)
{
    if (w->daemon == NULL)
        return;
    w->stopping = 1;
    /* libmicrohttpd does not stop while a request is suspended: each gets its end. */
    events_end_all(w->events);
    while (w->waiting != NULL)
        request_resume(w->waiting);
    for (int i = 0; i < STOP_ROUNDS; i++)
        MHD_run(w->daemon);
    if (w->timer != 0)
        loop_cancel(w->opts.loop, w->timer);
    if (w->beat != 0)
        loop_cancel(w->opts.loop, w->beat);
    if (w->epoll >= 0)
        loop_forget(w->opts.loop, w->epoll);
    MHD_stop_daemon(w->daemon); /* closes the listening socket too */
    w->daemon = NULL;
}
