/* SPDX-License-Identifier: Apache-2.0 */
/* serve_health: for monitoring. */
#include "relay/reply.h"
#include "relay/routes.h"

enum MHD_Result serve_health(struct request *r)
{
    return reply_copy(r, MHD_HTTP_OK, "text/plain; charset=utf-8", "ok\n", 3);
}

enum MHD_Result serve_metrics(struct request *r)
{
    const struct server *s = r->server;
    struct metrics_now now = {.connections = conns_count(s->conns),
                              .sessions = sessions_count(s->sessions),
                              .waiting = waiters_count(s->waiters)};
    char page[4096];
    size_t len;
    enum err e;

    if ((e = s->engine->totals(s->engine->self, &now.stored_messages, &now.stored_bytes)) != OK)
        return reply_err(r, e);
    len = metrics_print(&s->metrics, &now, page, sizeof page);
    return reply_copy(r, MHD_HTTP_OK, "text/plain; version=0.0.4", page, len);
}
