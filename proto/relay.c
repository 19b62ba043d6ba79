/* SPDX-License-Identifier: Apache-2.0 */
/* relay: bulletin and mailboxes, routes of relay/API.md. Joining is in relay_door.c. */
#include <stdio.h>
#include <stdlib.h>

#include "proto/relay_session.h"
#include "proto/sse.h"

enum err relay_get_bulletin(struct relay *r, struct id site, const char *tag, uint8_t **out, size_t *len)
{
    char path[RELAY_PATH_SIZE];
    struct relay_answer a = {0};
    enum err e;

    snprintf(path, sizeof path, "/v1/sites/%s/bulletin", RELAY_HEX(site));
    e = relay_call_plain(
        r, &(struct relay_call){.method = "GET", .path = path, .known_tag = tag, .answer_max = BULLETIN_MAX_LEN}, &a);
    if (e != OK)
        return e;
    e = tag != NULL && a.status == 304 ? ERR_EXISTS : relay_from_status(a.status);
    if (e != OK || a.len == 0) {
        free(a.bytes);
        return e != OK ? e : ERR_PEER;
    }
    *out = a.bytes; /* the caller owns them now */
    *len = a.len;
    return OK;
}

enum err relay_put_bulletin(struct relay *r, const uint8_t *bytes, size_t len)
{
    char path[RELAY_PATH_SIZE];

    snprintf(path, sizeof path, "/v1/sites/%s/bulletin", RELAY_HEX(verify_key_id(r->site_public)));
    return relay_call_signed_in(r, &(struct relay_call){.method = "PUT", .path = path, .body = bytes, .len = len});
}

enum err relay_append(struct relay *r, struct id recipient, struct id message, const uint8_t *sealed, size_t len)
{
    char path[RELAY_PATH_SIZE];

    snprintf(path, sizeof path, "/v1/mailboxes/%s/%s", RELAY_HEX(recipient), RELAY_HEX(message));
    return relay_call_signed_in(r, &(struct relay_call){.method = "POST", .path = path, .body = sealed, .len = len});
}

enum err relay_acknowledge(struct relay *r, uint64_t cursor)
{
    char path[RELAY_PATH_SIZE];

    snprintf(path, sizeof path, "/v1/mailbox?through=%llu", (unsigned long long)cursor);
    return relay_call_signed_in(r, &(struct relay_call){.method = "DELETE", .path = path});
}

struct reading {
    struct sse *sse;
    uint64_t *cursor;
    relay_read_fn *fn;
    void *arg;
};

static enum err on_event(void *arg, uint64_t cursor, const uint8_t *sealed, size_t len)
{
    struct reading *g = arg;
    enum err e;

    if (sealed == NULL)
        return g->fn(g->arg, *g->cursor, NULL, 0);
    if ((e = g->fn(g->arg, cursor, sealed, len)) == OK)
        *g->cursor = cursor;
    return e;
}

static enum err on_bytes(void *arg, const char *bytes, size_t len)
{
    return sse_feed(((struct reading *)arg)->sse, bytes, len);
}

enum err relay_read(struct relay *r, uint64_t *cursor, relay_read_fn *fn, void *arg)
{
    struct reading g = {.cursor = cursor, .fn = fn, .arg = arg};
    char path[RELAY_PATH_SIZE];
    long status = 401;
    enum err e;

    if ((e = sse_new(on_event, &g, &g.sse)) != OK)
        return e;
    for (int attempt = 0; attempt < 2 && status == 401; attempt++) {
        struct relay_call c = {.method = "GET", .path = path, .token = r->token};

        snprintf(path, sizeof path, "/v1/mailbox/events?after=%llu", (unsigned long long)*cursor);
        if (r->token[0] == '\0' && (e = relay_sign_in(r)) != OK)
            goto out;
        if ((e = relay_http_stream(r->stream, &c, on_bytes, &g, &status)) != OK)
            goto out;
        if (status == 401)
            r->token[0] = '\0';
    }
    e = status == 200   ? ERR_UNREACHABLE
        : status == 401 ? ERR_REFUSED
                        : relay_from_status(status); /* a stream has no end */
out:
    sse_free(g.sse);
    return e;
}
