/* SPDX-License-Identifier: Apache-2.0 */
/* http: see http.h. What becomes of a request is http_visit.c's. */
#include "printscout/queue/http.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "printscout/queue/gate.h"
#include "printscout/queue/http_parts.h"
#include "printscout/queue/tls.h"

/* One account may hold this part of all connections. */
#define ACCOUNT_SHARE 4
#define WORKERS       4 /* per socket; one may wait for the disk while the others serve */

/*
 * What libmicrohttpd holds of a connection: the HTTP header, then the bytes that one recv brings. Only pages that were
 * used count: an idle connection costs one or two.
 */
#define CONNECTION_BYTES 262144

struct client *http_client(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info != NULL ? info->socket_context : NULL;
}

static void connected(void *arg, struct MHD_Connection *connection, void **context,
                      enum MHD_ConnectionNotificationCode what)
{
    const struct door *d = arg;
    struct clients *clients = d->http->clients;
    const union MHD_ConnectionInfo *info;
    struct client *client = NULL;
    enum err e;

    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        clients_remove(clients, *context);
        *context = NULL;
        return;
    }
    if ((info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)) == NULL)
        return;
    e = d->is_shared ? clients_add_remote(clients, info->connect_fd, &client)
                     : clients_add(clients, info->connect_fd, &client);
    if (e == OK)
        *context = client;
    else
        shutdown(info->connect_fd, SHUT_RDWR); /* no deadline would end it */
}

/* What libmicrohttpd complains about are clients; an administrator looks for that at level debug. */
static void PRINTF_LIKE(2, 0) on_message(void *arg, const char *fmt, va_list ap)
{
    char text[256];

    (void)arg;
    if (vsnprintf(text, sizeof text, fmt, ap) > 0) {
        text[strcspn(text, "\n")] = '\0';
        log_debug("http", "message=%s", text);
    }
}

static struct MHD_Daemon *start(struct door *d, const struct http_opts *opts, int fd)
{
    const struct MHD_OptionItem shared[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)opts->shared_certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)opts->shared_key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES},
        {MHD_OPTION_END, 0, NULL},
    };
    const struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    /*
     * libmicrohttpd 0.9.75 with epoll takes a handshake that waits for more for one that can go on, and tries it again
     * for as long as it waits: a thousand such clients keep all cores busy. poll() has no such edges.
     */
    const unsigned flags =
        MHD_USE_ERROR_LOG | (d->is_shared ? MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_TLS | MHD_ALLOW_SUSPEND_RESUME
                                          : MHD_USE_EPOLL_INTERNAL_THREAD);

    return MHD_start_daemon(flags, 0, NULL, NULL, http_visit, d, /* options */
                            MHD_OPTION_EXTERNAL_LOGGER, on_message, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
                            MHD_OPTION_THREAD_POOL_SIZE, (unsigned)WORKERS, MHD_OPTION_CONNECTION_LIMIT,
                            opts->connections_max, MHD_OPTION_CONNECTION_TIMEOUT, opts->body_timeout_s,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_STRICT_FOR_CLIENT,
                            1, MHD_OPTION_NOTIFY_COMPLETED, http_visit_ended, d, MHD_OPTION_NOTIFY_CONNECTION,
                            connected, d, MHD_OPTION_ARRAY, d->is_shared ? shared : none, MHD_OPTION_END);
}

enum err http_start(const struct http_opts *opts, struct http **out)
{
    const int fds[DOORS] = {opts->unix_fd, opts->tcp_fd, opts->shared_fd};
    struct http *h = NULL;
    enum err e = ERR_NOMEM;
    size_t i = 0;

    if ((h = calloc(1, sizeof *h)) == NULL)
        goto out;
    h->queue = opts->queue;
    h->gate = opts->gate;
    if ((e = clients_new((uint64_t)opts->header_timeout_s * 1000, opts->connections_max / ACCOUNT_SHARE,
                         &h->clients)) != OK)
        goto out;
    for (; i < DOORS; i++) {
        struct door *d = &h->doors[i];

        d->http = h;
        d->is_shared = i == DOOR_SHARED;
        d->printer = d->is_shared ? opts->shared_printer : opts->queue->printer;
        d->offers = d->is_shared ? opts->shared_offers : opts->queue->offers;
        e = ERR_IO;
        if (fds[i] >= 0 && (d->daemon = start(d, opts, fds[i])) == NULL)
            goto out;
    }
    *out = h;
    h = NULL;
    e = OK;
out:
    for (; i < DOORS; i++) { /* those that no server took */
        if (fds[i] >= 0)
            close(fds[i]);
    }
    http_stop(h);
    return e;
}

void http_stop(struct http *h)
{
    if (h == NULL)
        return;
    if (h->gate != NULL)
        gate_close(h->gate); /* libmicrohttpd does not stop while a request is suspended */
    for (size_t i = 0; i < DOORS; i++) {
        if (h->doors[i].daemon != NULL)
            MHD_stop_daemon(h->doors[i].daemon);
    }
    clients_free(h->clients);
    free(h);
}

void http_check(struct http *h)
{
    clients_check(h->clients);
}
