/* SPDX-License-Identifier: Apache-2.0 */
/* http: see http.h. */
#include "printscout/queue/http.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/log.h"
#include "printscout/queue/clients.h"
#include "printscout/queue/host.h"
#include "printscout/queue/http_reply.h"
#include "printscout/queue/printer.h"
#include "printscout/queue/request.h"
#include "printscout/queue/vouch.h"

/* One account may hold this part of all connections. */
#define ACCOUNT_SHARE 4
#define WORKERS       4 /* per socket; one may wait for the disk while the others serve */

/*
 * What libmicrohttpd holds of a connection: the HTTP header, then the bytes that one recv brings. Only pages that were
 * used count: an idle connection costs one or two.
 */
#define CONNECTION_BYTES 262144

struct http {
    struct queue *queue;
    struct clients *clients;
    struct MHD_Daemon *daemons[2];
};

static struct client *client_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info != NULL ? info->socket_context : NULL;
}

/* Did the client give cupsd's secret? */
static int is_vouched(const struct http *h, struct MHD_Connection *connection)
{
    char *password = NULL;
    char *user = MHD_basic_auth_get_username_password(connection, &password);
    int yes = user != NULL && password != NULL && vouch_is_cupsd(h->queue->vouch, user, password);

    if (password != NULL)
        explicit_bzero(password, strlen(password));
    MHD_free(password);
    MHD_free(user);
    return yes;
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* The HTTP header is complete: is it a request for us? Then it gets a struct request. */
static enum MHD_Result begin(struct http *h, struct MHD_Connection *connection, const char *url, const char *method,
                             void **state)
{
    const struct client *client = client_of(connection);
    const char *type = header(connection, "Content-Type");
    struct request *r = NULL;
    uint32_t uid;

    if (client == NULL || client_uid(client, &uid) != OK)
        return http_refuse(connection, MHD_HTTP_FORBIDDEN, "The computer does not say whose connection this is.\n");
    if (!host_is_ours(header(connection, "Host"), h->queue->host))
        return http_refuse(connection, MHD_HTTP_MISDIRECTED_REQUEST, "This is another computer's name.\n");
    if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
        return http_show_page(h->queue, connection, uid, url);
    if (strcmp(method, "POST") != 0)
        return http_refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "This is an IPP printer.\n");
    if (strcmp(url, "/") != 0 && strncmp(url, PRINTER_PATH, strlen(PRINTER_PATH)) != 0)
        return http_refuse(connection, MHD_HTTP_NOT_FOUND, "The printer is at " PRINTER_PATH ".\n");
    /* Only browsers send it, for scripts. They ask first, and hear no; this is for one that forgets to. */
    if (header(connection, "Origin") != NULL)
        return http_refuse(connection, MHD_HTTP_FORBIDDEN, "Pages do not print by themselves here.\n");
    if (type == NULL || strcasecmp(type, "application/ipp") != 0)
        return http_refuse(connection, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "This is an IPP printer.\n");
    /* Two framings mean two readings of where the document ends. */
    if (header(connection, "Content-Length") != NULL && header(connection, "Transfer-Encoding") != NULL)
        return http_refuse(connection, MHD_HTTP_BAD_REQUEST, "Both Content-Length and Transfer-Encoding.\n");
    if (header(connection, "Content-Encoding") != NULL)
        return http_refuse(connection, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "Use IPP's own compression.\n");
    if (request_new(h->queue, uid, is_vouched(h, connection), &r) != OK)
        return MHD_NO;
    *state = r;
    return MHD_YES;
}

/* Called for the header, for each piece of the body, and once more at the body's end; a cut body never gets there. */
static enum MHD_Result serve(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
                             const char *version, const char *bytes, size_t *len, void **state)
{
    struct http *h = arg;
    struct request *r = *state;
    int had_header;
    enum err e;

    (void)version;
    if (r == NULL)
        return begin(h, connection, url, method, state);
    if (*len == 0) {
        clients_header_came(h->clients, client_of(connection));
        return http_answer(connection, r);
    }
    had_header = request_has_header(r);
    e = request_bytes(r, (const uint8_t *)bytes, *len);
    /* The server's buffer, which it would keep and give back as it is: this was a piece of the document. */
    explicit_bzero((void *)(uintptr_t)bytes, *len);
    if (e != OK)
        return MHD_NO;
    *len = 0;
    if (!had_header && request_has_header(r))
        clients_header_came(h->clients, client_of(connection));
    return MHD_YES;
}

/* However a request ended. */
static void completed(void *arg, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode how)
{
    struct http *h = arg;
    struct client *client = client_of(connection);

    if (*state != NULL && how != MHD_REQUEST_TERMINATED_COMPLETED_OK)
        log_debug("request_broken", "how=%d", (int)how);
    request_free(*state);
    *state = NULL;
    if (client != NULL)
        clients_answered(h->clients, client);
}

static void connected(void *arg, struct MHD_Connection *connection, void **context,
                      enum MHD_ConnectionNotificationCode what)
{
    struct http *h = arg;
    const union MHD_ConnectionInfo *info;
    struct client *client = NULL;

    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        clients_remove(h->clients, *context);
        *context = NULL;
        return;
    }
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info != NULL && clients_add(h->clients, info->connect_fd, &client) == OK)
        *context = client;
}

static struct MHD_Daemon *start(struct http *h, const struct http_opts *opts, int fd)
{
    return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, serve, h, /* options */
                            MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)WORKERS,
                            MHD_OPTION_CONNECTION_LIMIT, opts->connections_max, MHD_OPTION_CONNECTION_TIMEOUT,
                            opts->body_timeout_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, completed, h,
                            MHD_OPTION_NOTIFY_CONNECTION, connected, h, MHD_OPTION_END);
}

enum err http_start(const struct http_opts *opts, struct http **out)
{
    const int fds[2] = {opts->unix_fd, opts->tcp_fd};
    struct http *h = NULL;
    enum err e = ERR_NOMEM;
    size_t i = 0;

    if ((h = calloc(1, sizeof *h)) == NULL)
        goto out;
    h->queue = opts->queue;
    if ((e = clients_new((uint64_t)opts->header_timeout_s * 1000, opts->connections_max / ACCOUNT_SHARE,
                         &h->clients)) != OK)
        goto out;
    for (; i < 2; i++) {
        e = ERR_IO;
        if (fds[i] >= 0 && (h->daemons[i] = start(h, opts, fds[i])) == NULL)
            goto out;
    }
    *out = h;
    h = NULL;
    e = OK;
out:
    for (; i < 2; i++) { /* those that no server took */
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
    for (size_t i = 0; i < 2; i++) {
        if (h->daemons[i] != NULL)
            MHD_stop_daemon(h->daemons[i]);
    }
    clients_free(h->clients);
    free(h);
}

void http_check(struct http *h)
{
    clients_check(h->clients);
}
