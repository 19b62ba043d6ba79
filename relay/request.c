/* SPDX-License-Identifier: Apache-2.0 */
/* request: see request.h. What decides whether a request is served is in admit.c. */
#include "relay/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "relay/admit.h"
#include "relay/events.h"
#include "relay/reply.h"
#include "relay/routes.h"

/* What a refused request may still send, so that its client reads our answer instead of a broken connection. */
#define DROPPED_MAX (1024 * 1024)

static struct request *request_new(struct server *s, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct request *r;

    /* No context: memory ran out when the connection came. */
    if (info == NULL || info->socket_context == NULL || (r = calloc(1, sizeof *r)) == NULL)
        return NULL;
    r->server = s;
    r->connection = connection;
    r->conn = info->socket_context;
    return r;
}

/* The headers are there. */
static enum MHD_Result begin(struct server *s, struct MHD_Connection *connection, const char *method, const char *url,
                             void **req)
{
    struct request *r = request_new(s, connection);
    uint64_t announced = 0;

    if ((*req = r) == NULL)
        return MHD_NO;
    r->refusal = admit(r, method, url, &announced);
    conns_enter(s->conns, r->conn, CONN_REQUEST);
    /* Not worth reading to its end: answer at once, and libmicrohttpd closes the connection. */
    if (announced > DROPPED_MAX || r->refusal.status == MHD_HTTP_BAD_REQUEST)
        return reply_error(r, r->refusal.status, r->refusal.sentence);
    return MHD_YES;
}

static enum MHD_Result take(struct request *r, const char *upload, size_t len)
{
    size_t max = r->refusal.status == 0 ? r->route->body_max : 0;

    if (r->refusal.status == 0 && len > max - r->body_len)
        r->refusal = (struct refusal){MHD_HTTP_CONTENT_TOO_LARGE, "The body is longer than this route takes."};
    if (r->refusal.status != 0) {
        r->dropped_len += len;
        return r->dropped_len <= DROPPED_MAX ? MHD_YES : MHD_NO;
    }
    if (r->body == NULL && (r->body = malloc(max)) == NULL)
        return MHD_NO;
    memcpy(r->body + r->body_len, upload, len);
    r->body_len += len;
    return MHD_YES;
}

enum MHD_Result request_handle(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *upload, size_t *upload_len, void **req)
{
    struct request *r = *req;
    size_t len = *upload_len;

    (void)version;
    if (r == NULL)
        return begin(cls, connection, method, url, req);
    if (len > 0) {
        *upload_len = 0; /* all of it is taken */
        return take(r, upload, len);
    }
    /* The whole body is there (libmicrohttpd tells a cut one apart), or a wait is over. */
    conns_enter(r->server->conns, r->conn, CONN_REQUEST);
    if (r->refusal.status != 0)
        return reply_error(r, r->refusal.status, r->refusal.sentence);
    return r->route->serve(r);
}

void request_completed(void *cls, struct MHD_Connection *connection, void **req, enum MHD_RequestTerminationCode why)
{
    struct server *s = cls;
    struct request *r = *req;

    (void)connection, (void)why;
    if (r == NULL)
        return;
    waiters_leave(&r->waiter);
    events_free(r);
    conns_enter(s->conns, r->conn, CONN_IDLE);
    free(r->body);
    free(r);
    *req = NULL;
}

enum err request_number(const struct request *r, const char *name, uint64_t fallback, uint64_t most, uint64_t *out)
{
    const char *text = MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);

    if (text == NULL) {
        *out = fallback;
        return OK;
    }
    return admit_number(text, most, out);
}

static void on_time(void *arg)
{
    struct request *r = arg;

    r->waited = 1;
    waiters_wake(&r->waiter);
}

static enum MHD_Result sleep_for(struct request *r, struct id key, uint64_t wait_ms)
{
    struct server *s = r->server;

    if (s->stopping)
        return reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "The relay is stopping.");
    if (r->waiter.ended)
        return reply_error(r, MHD_HTTP_FORBIDDEN, "This node was revoked.");
    if (r->waiter.all == NULL)
        waiters_join(s->waiters, &r->waiter, r->site->id, key, r->connection);
    if (r->waiter.timer == 0 && waiters_after(&r->waiter, wait_ms, on_time, r) != OK)
        return MHD_NO;
    conns_enter(s->conns, r->conn, CONN_WAITING);
    waiters_sleep(&r->waiter);
    return MHD_YES;
}

enum MHD_Result request_wait(struct request *r, struct id key, uint64_t wait_ms)
{
    return sleep_for(r, key, wait_ms);
}

enum MHD_Result request_again(struct request *r)
{
    return sleep_for(r, r->session.node, 0);
}
