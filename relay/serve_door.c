/* SPDX-License-Identifier: Apache-2.0 */
/* serve_door: how a node that has no certificate yet gets one message in and one answer out. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "relay/reply.h"
#include "relay/routes.h"

#define ANSWER_WAIT_MAX_S 60
#define USES_MAX          100000 /* each use keeps up to 4 KiB of answer */

static struct id door_id(const struct request *r)
{
    struct id id;

    memcpy(id.b, r->path.door, ID_LEN);
    return id;
}

enum MHD_Result serve_open_door(struct request *r)
{
    const struct engine *engine = r->server->engine;
    struct rbuf b = rbuf_of(r->body, r->body_len);
    struct engine_door d = {.site = r->session.site};
    enum err e;

    memcpy(d.door, r->path.door, sizeof d.door);
    if (rbuf_u64(&b, &d.expires_unix_ms) != OK || rbuf_u32(&b, &d.uses) != OK || rbuf_end(&b) != OK)
        return reply_error(r, MHD_HTTP_BAD_REQUEST, "A door is its expiry, 8 bytes, and its uses, 4 bytes.");
    if (d.uses > USES_MAX || d.expires_unix_ms > INT64_MAX)
        return reply_error(r, MHD_HTTP_BAD_REQUEST, "A door has at most 100000 uses, and an end.");
    e = engine->open_door(engine->self, &d);
    return e == OK ? reply_empty(r, MHD_HTTP_NO_CONTENT) : reply_err(r, e);
}

enum MHD_Result serve_close_door(struct request *r)
{
    const struct engine *engine = r->server->engine;
    enum err e = engine->close_door(engine->self, r->session.site, r->path.door);

    return e == OK ? reply_empty(r, MHD_HTTP_NO_CONTENT) : reply_err(r, e);
}

enum MHD_Result serve_new_answer(struct request *r)
{
    const struct engine *engine = r->server->engine;
    enum err e;

    if (r->body_len == 0)
        return reply_error(r, MHD_HTTP_BAD_REQUEST, "An answer is not empty.");
    e = engine->put_answer(engine->self, r->session.site, r->path.door, r->path.message, r->body, r->body_len);
    if (e == OK)
        return reply_empty(r, MHD_HTTP_CREATED);
    if (e == ERR_EXISTS)
        return reply_empty(r, MHD_HTTP_OK);
    if (e == ERR_NOTFOUND)
        return reply_error(r, MHD_HTTP_NOT_FOUND, "No such message came through this door.");
    return reply_err(r, e);
}

static enum MHD_Result not_open(struct request *r)
{
    return reply_error(r, MHD_HTTP_FORBIDDEN, "This door is not open.");
}

enum MHD_Result serve_knock(struct request *r)
{
    const struct engine *engine = r->server->engine;
    struct engine_quota quota = r->server->settings->mailbox_quota;
    struct engine_message m = {.site = r->path.site,
                               .mailbox = r->path.node,
                               .sender = door_id(r),
                               .id = r->path.message,
                               .bytes = r->body,
                               .len = r->body_len,
                               .now_unix_ms = clock_unix_ms()};
    enum err e;

    if (r->site->bulletin == NULL || bulletin_scout(r->site->bulletin, r->path.node) == NULL)
        return reply_error(r, MHD_HTTP_FORBIDDEN, "The recipient is no device scout of this site.");
    if (m.len == 0)
        return reply_error(r, MHD_HTTP_BAD_REQUEST, "A message is not empty.");
    m.expires_unix_ms = m.now_unix_ms + r->server->settings->message_ms;
    quota.sender_messages = (quota.messages + 3) / 4;
    quota.sender_bytes = (quota.bytes + 3) / 4;
    e = engine->pass_door(engine->self, r->path.door, &m, &quota);
    if (e == OK) {
        r->server->metrics.appended_messages++;
        r->server->metrics.appended_bytes += m.len;
    }
    if (e == OK || e == ERR_EXISTS) {
        conns_trust(r->server->conns, r->conn, r->path.site, door_id(r));
        return reply_empty(r, MHD_HTTP_ACCEPTED);
    }
    if (e == ERR_NOTFOUND || e == ERR_LIMIT)
        return not_open(r);
    return reply_err(r, e);
}

enum MHD_Result serve_answer(struct request *r)
{
    const struct engine *engine = r->server->engine;
    uint8_t *bytes = NULL;
    uint64_t wait_s;
    size_t len = 0;
    enum err e;

    if ((e = request_number(r, "wait", 0, ANSWER_WAIT_MAX_S, &wait_s)) != OK)
        return reply_err(r, e);
    e = engine->get_answer(engine->self, r->path.site, r->path.door, r->path.message, clock_unix_ms(), &bytes, &len);
    if (e == OK)
        return reply_bytes(r, MHD_HTTP_OK, bytes, len);
    if (e == ERR_NOTFOUND)
        return not_open(r);
    if (e != ERR_STATE)
        return reply_err(r, e);
    conns_trust(r->server->conns, r->conn, r->path.site, door_id(r));
    if (wait_s > 0 && !r->waited)
        return request_wait(r, r->path.message, wait_s * 1000);
    return reply_empty(r, MHD_HTTP_NO_CONTENT);
}
