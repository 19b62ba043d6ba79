/* SPDX-License-Identifier: Apache-2.0 */
/* serve_mailbox: append, read by long poll, acknowledge. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "proto/certificate.h"
#include "relay/reply.h"
#include "relay/routes.h"

#define FRAME_HEAD_LEN 28 /* cursor 8, message id 16, length 4 */
#define READ_MAX_LEN   (256 * 1024)
#define WAIT_MAX_S     60

/*
 * May this sender write to this mailbox? Messages run between a scout and the device scouts. So a scout that was
 * captured can fill its own share of the device scouts' mailboxes, and no other.
 */
static int may_write(const struct request *r)
{
    if (r->session.roles & ROLE_DEVICESCOUT)
        return 1;
    return r->site->bulletin != NULL && bulletin_scout(r->site->bulletin, r->path.node) != NULL;
}

static struct engine_quota quota_of(const struct request *r)
{
    struct engine_quota q = r->server->settings->mailbox_quota;
    /* A quarter for any one scout: none can keep the others out. Device scouts may use all. */
    uint64_t share = r->session.roles & ROLE_DEVICESCOUT ? 1 : 4;

    q.sender_messages = (q.messages + share - 1) / share;
    q.sender_bytes = (q.bytes + share - 1) / share;
    return q;
}

enum MHD_Result serve_append(struct request *r)
{
    const struct engine *engine = r->server->engine;
    struct engine_quota quota = quota_of(r);
    struct engine_message m = {.site = r->session.site,
                               .mailbox = r->path.node,
                               .sender = r->session.node,
                               .id = r->path.message,
                               .bytes = r->body,
                               .len = r->body_len,
                               .now_unix_ms = clock_unix_ms()};
    enum err e;

    if (!may_write(r) && r->site->bulletin == NULL)
        return reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "The site's bulletin is not here yet.");
    if (!may_write(r))
        return reply_error(r, MHD_HTTP_FORBIDDEN, "The recipient is no device scout of this site.");
    if (m.len == 0)
        return reply_error(r, MHD_HTTP_BAD_REQUEST, "A message is not empty.");
    m.expires_unix_ms = m.now_unix_ms + r->server->settings->message_ms;
    e = engine->append(engine->self, &m, &quota);
    if (e == OK) {
        r->server->metrics.appended_messages++;
        r->server->metrics.appended_bytes += m.len;
        return reply_empty(r, MHD_HTTP_CREATED);
    }
    if (e == ERR_EXISTS)
        return reply_empty(r, MHD_HTTP_OK);
    if (e == ERR_FULL) {
        r->server->metrics.quota_refusals++;
        return reply_error(r, MHD_HTTP_TOO_MANY_REQUESTS, "The mailbox has no room for it; try again later.");
    }
    return reply_err(r, e);
}

/* Add a frame to what is being collected. ERR_FULL: the answer is long enough without it. */
static enum err add_frame(const struct engine_found *found, uint8_t **out, size_t *len)
{
    size_t size = FRAME_HEAD_LEN + found->len;
    struct wbuf w;
    uint8_t *grown;
    enum err e;

    if (*len > 0 && size > READ_MAX_LEN - *len)
        return ERR_FULL;
    if ((grown = realloc(*out, *len + size)) == NULL)
        return ERR_NOMEM;
    *out = grown;
    w = wbuf_of(grown + *len, size);
    if ((e = wbuf_u64(&w, found->cursor)) != OK || (e = wbuf_copy(&w, found->id.b, ID_LEN)) != OK ||
        (e = wbuf_u32(&w, (uint32_t)found->len)) != OK || (e = wbuf_copy(&w, found->bytes, found->len)) != OK)
        return e;
    *len += size;
    return OK;
}

/* As many messages after the cursor as one answer takes. *len 0: there are none. */
static enum err collect(struct request *r, uint64_t after, uint8_t **out, size_t *len)
{
    const struct engine *engine = r->server->engine;
    uint64_t now = clock_unix_ms();
    enum err e;

    for (;;) {
        struct engine_found found;

        e = engine->next(engine->self, r->session.site, r->session.node, after, now, &found);
        if (e != OK)
            break;
        e = add_frame(&found, out, len);
        free(found.bytes);
        if (e != OK)
            break;
        after = found.cursor;
        r->server->metrics.delivered_messages++;
        r->server->metrics.delivered_bytes += found.len;
    }
    return e == ERR_NOTFOUND || e == ERR_FULL ? OK : e;
}

enum MHD_Result serve_read(struct request *r)
{
    uint64_t after, wait_s;
    uint8_t *frames = NULL;
    size_t len = 0;
    enum err e;

    if ((e = request_number(r, "after", 0, UINT64_MAX, &after)) != OK ||
        (e = request_number(r, "wait", 0, WAIT_MAX_S, &wait_s)) != OK)
        return reply_err(r, e);
    if ((e = collect(r, after, &frames, &len)) != OK) {
        free(frames);
        return reply_err(r, e);
    }
    if (len > 0)
        return reply_bytes(r, MHD_HTTP_OK, frames, len);
    free(frames);
    if (wait_s > 0 && !r->waited)
        return request_wait(r, r->session.node, wait_s * 1000);
    return reply_empty(r, MHD_HTTP_NO_CONTENT);
}

enum MHD_Result serve_acknowledge(struct request *r)
{
    const struct engine *engine = r->server->engine;
    uint64_t through;
    int more = 0;
    enum err e;

    if (MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, "through") == NULL)
        return reply_error(r, MHD_HTTP_BAD_REQUEST, "Say through which cursor: ?through=CURSOR.");
    if ((e = request_number(r, "through", 0, UINT64_MAX, &through)) != OK)
        return reply_err(r, e);
    if ((e = engine->acknowledge(engine->self, r->session.site, r->session.node, through, &more)) != OK)
        return reply_err(r, e);
    return more ? request_again(r) : reply_empty(r, MHD_HTTP_NO_CONTENT);
}
