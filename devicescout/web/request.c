/* SPDX-License-Identifier: Apache-2.0 */
/* request: headers, body, handler, answer; and the wait between the last two. */
#include "devicescout/web/request.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "devicescout/web/reply.h"
#include "devicescout/web/routes.h"
#include "devicescout/web/task.h"
#include "devicescout/web/web_state.h"

#define DROPPED_MAX (1024 * 1024) /* of the body of a refused request */
#define LISTS_MOST  10            /* of one session: four streams, four questions, and what a page asks besides */

enum err request_number(const struct request *r, const char *name, uint64_t least, uint64_t most, uint64_t *out)
{
    const char *text = MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);
    uint64_t v = 0;

    if (text == NULL)
        return OK;
    if (text[0] == '\0')
        return ERR_FORMAT;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return ERR_FORMAT;
        v = v * 10 + (uint64_t)(*text - '0');
        if (v > most)
            return ERR_FORMAT;
    }
    if (v < least)
        return ERR_FORMAT;
    *out = v;
    return OK;
}

const char *request_header(const struct request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

static struct conn *conn_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info != NULL ? info->socket_context : NULL;
}

static void enter(struct MHD_Connection *connection, enum conn_phase phase)
{
    struct conn *conn = conn_of(connection);

    if (conn != NULL)
        conn_enter(conn, phase, clock_boot_ms());
}

/* An IPv4 address that came through an IPv6 socket is written as IPv4: one panel, one address. */
static void write_address(struct request *r)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *a = info != NULL ? info->client_addr : NULL;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)a;
    const char *text = NULL;

    if (a != NULL && a->sa_family == AF_INET)
        text = inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)a)->sin_addr, r->address, ADDRESS_SIZE);
    else if (a != NULL && a->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
        text = inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], r->address, ADDRESS_SIZE);
    else if (a != NULL && a->sa_family == AF_INET6)
        text = inet_ntop(AF_INET6, &v6->sin6_addr, r->address, ADDRESS_SIZE);
    if (text == NULL)
        strcpy(r->address, "unknown");
}

/* libmicrohttpd keeps what this returns as the request's own pointer: none yet. */
void *request_line_came(void *web, const char *uri, struct MHD_Connection *connection)
{
    (void)web, (void)uri;
    enter(connection, CONN_HEADERS);
    return NULL;
}

static void find_route(struct request *r, const char *method, const char *path)
{
    enum err e = routes_find(method, path, &r->route, r->parameter);

    if (e == ERR_NOTFOUND)
        reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-page", "There is nothing here.");
    else if (e != OK)
        reply_error(r, MHD_HTTP_METHOD_NOT_ALLOWED, "no-such-method", "This cannot be done here.");
}

/* Headers are there. What is refused is known now, and said when the body has come and was dropped: a client that is
 * still sending would see a broken connection instead of the answer. */
static enum MHD_Result begin(struct web *w, struct MHD_Connection *connection, const char *path, const char *method,
                             void **req)
{
    struct request *r = calloc(1, sizeof *r);

    if ((*req = r) == NULL)
        return MHD_NO;
    r->web = w;
    r->connection = connection;
    write_address(r);
    enter(connection, CONN_BODY);
    find_route(r, method, path);
    if (r->response == NULL)
        routes_admit(r);
    return MHD_YES;
}

static enum MHD_Result drop(struct request *r, size_t len)
{
    r->dropped_len += len;
    return r->dropped_len <= DROPPED_MAX ? MHD_YES : MHD_NO;
}

static enum MHD_Result take(struct request *r, const char *bytes, size_t len)
{
    char *larger;

    if (r->response != NULL)
        return drop(r, len);
    if (!(r->route->flags & ROUTE_BODY) || len > BODY_MAX - r->body_len) {
        reply_error(r, MHD_HTTP_CONTENT_TOO_LARGE, "too-large", "The request is too large.");
        return drop(r, len);
    }
    if (r->body_len + len + 1 > r->body_size) {
        size_t size = r->body_len + len + 4096;

        if ((larger = malloc(size)) == NULL)
            return MHD_NO;
        if (r->body_len > 0)
            memcpy(larger, r->body, r->body_len);
        if (r->body != NULL)
            secret_wipe(r->body, r->body_size);
        free(r->body);
        r->body = larger;
        r->body_size = size;
    }
    memcpy(r->body + r->body_len, bytes, len);
    r->body_len += len;
    r->body[r->body_len] = '\0';
    return MHD_YES;
}

static void forget_body(struct request *r)
{
    if (r->body != NULL)
        secret_wipe(r->body, r->body_size);
    free(r->body);
    json_decref(r->json);
    r->body = NULL;
    r->json = NULL;
    r->body_len = r->body_size = 0;
}

/* 1 when there is a JSON object to work on, or none is wanted. */
static int read_body(struct request *r)
{
    json_error_t why;

    if (!(r->route->flags & ROUTE_BODY))
        return 1;
    r->json = json_loadb(r->body != NULL ? r->body : "", r->body_len, JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(r->json)) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "bad-json", "The body is not the JSON object that is wanted here.");
        return 0;
    }
    return 1;
}

/* A long list costs what a hundred other requests do, so one session has few on their way: 1 when this is one of them.
 */
static int may_list(struct request *r)
{
    const struct request *x;
    size_t count = 0;

    if (!(r->route->flags & ROUTE_LIST))
        return 1;
    LIST_FOREACH(x, &r->web->listing, listing)
    {
        count += x->lists_for == r->session->number;
    }
    if (count >= LISTS_MOST) {
        reply_error(r, MHD_HTTP_TOO_MANY_REQUESTS, "too-often", "Too many lists at once. Please wait a moment.");
        return 0;
    }
    r->lists_for = r->session->number;
    LIST_INSERT_HEAD(&r->web->listing, r, listing);
    return 1;
}

static enum MHD_Result finish(struct request *r)
{
    if (r->waiting)
        return MHD_YES;
    if (r->response == NULL)
        reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "stopping", "The device scout is stopping.");
    if (r->response == NULL)
        return MHD_NO;
    return MHD_queue_response(r->connection, r->status, r->response);
}

enum MHD_Result request_handle(void *web, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *upload, size_t *upload_len, void **req)
{
    struct request *r = *req;
    size_t len = *upload_len;

    (void)version;
    if (r == NULL)
        return begin(web, connection, url, method, req);
    if (len > 0) {
        *upload_len = 0;
        return take(r, upload, len);
    }
    if (!r->served) { /* else a wait is over, and the answer is there */
        r->served = 1;
        /* Admitted again: the session may have ended while the body came. */
        if (r->response == NULL && routes_admit(r) && read_body(r) && may_list(r))
            r->route->serve(r);
        forget_body(r);
    }
    enter(connection, r->waiting || r->endless ? CONN_OURS : CONN_ANSWER);
    return finish(r);
}

static void unlink_waiting(struct request *r)
{
    if (!r->waiting)
        return;
    if (r->prev != NULL)
        r->prev->next = r->next;
    else
        r->web->waiting = r->next;
    if (r->next != NULL)
        r->next->prev = r->prev;
    r->waiting = 0;
}

void request_wait(struct request *r)
{
    r->waiting = 1;
    r->prev = NULL;
    r->next = r->web->waiting;
    if (r->next != NULL)
        r->next->prev = r;
    r->web->waiting = r;
    MHD_suspend_connection(r->connection);
}

static void stop_waiting_for(struct request *r)
{
    if (r->task != NULL)
        task_forget(r->task);
    r->task = NULL;
    if (r->signin != 0)
        signin_forget(r->web->opts.signin, r->signin);
    if (r->timer != 0)
        loop_cancel(r->web->opts.loop, r->timer);
    r->signin = 0;
    r->timer = 0;
}

void request_resume(struct request *r)
{
    stop_waiting_for(r);
    unlink_waiting(r);
    MHD_resume_connection(r->connection);
    server_wake(r->web);
}

void request_completed(void *web, struct MHD_Connection *connection, void **req, enum MHD_RequestTerminationCode why)
{
    struct request *r = *req;

    (void)web, (void)why;
    enter(connection, CONN_IDLE);
    if (r == NULL)
        return;
    stop_waiting_for(r);
    unlink_waiting(r);
    if (r->lists_for != 0)
        LIST_REMOVE(r, listing);
    forget_body(r);
    if (r->response != NULL)
        MHD_destroy_response(r->response);
    free(r);
    *req = NULL;
}
