/* SPDX-License-Identifier: Apache-2.0 */
/* events: see events.h. */
#include "relay/events.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "relay/admit.h"
#include "relay/reply.h"
#include "relay/routes.h"

#define HEAD_MAX 40 /* "id: ", 20 digits, "\ndata: " */

/* A comment and the empty line that ends an event: three bytes, with TCP, IP and TLS around them about 80. */
static const char heartbeat[] = ":\n\n";

struct stream {
    uint64_t cursor; /* of the last message that went out */
    char *text;      /* what goes out now; NULL: nothing */
    size_t len, at;
    int beat_due, moved; /* moved: bytes went out since the last beat */
};

void events_free(struct request *r)
{
    if (r->stream == NULL)
        return;
    r->server->metrics.streams--;
    free(r->stream->text);
    free(r->stream);
    r->stream = NULL;
}

/* One event. The message is let go of. */
static enum err write_event(struct stream *s, struct engine_found *found)
{
    size_t size = HEAD_MAX + sodium_base64_ENCODED_LEN(found->len, sodium_base64_VARIANT_ORIGINAL) + 2;
    char *text = malloc(size);

    if (text != NULL) {
        int head = snprintf(text, HEAD_MAX, "id: %" PRIu64 "\ndata: ", found->cursor);

        sodium_bin2base64(text + head, size - (size_t)head, found->bytes, found->len, sodium_base64_VARIANT_ORIGINAL);
        s->len = strlen(text);
        memcpy(text + s->len, "\n\n", 2);
        s->len += 2;
        s->at = 0;
        s->text = text;
        s->cursor = found->cursor;
    }
    free(found->bytes);
    return text == NULL ? ERR_NOMEM : OK;
}

/* What is to be sent next into s->text. ERR_NOTFOUND: nothing. */
static enum err next_text(struct request *r)
{
    const struct engine *engine = r->server->engine;
    struct stream *s = r->stream;
    struct engine_found found = {0};
    enum err e;

    free(s->text);
    s->text = NULL;
    if (s->beat_due) {
        if ((s->text = strdup(heartbeat)) == NULL)
            return ERR_NOMEM;
        s->len = sizeof heartbeat - 1;
        s->at = 0;
        s->beat_due = 0;
        return OK;
    }
    e = engine->next(engine->self, r->session.site, r->session.node, s->cursor, clock_unix_ms(), &found);
    if (e != OK)
        return e;
    r->server->metrics.delivered_messages++;
    r->server->metrics.delivered_bytes += found.len;
    return write_event(s, &found);
}

/* libmicrohttpd can send max bytes. */
static ssize_t on_room(void *cls, uint64_t at, char *out, size_t max)
{
    struct request *r = cls;
    struct stream *s = r->stream;
    size_t n;

    (void)at;
    if (r->server->stopping || r->waiter.ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (s->text == NULL || s->at == s->len) {
        enum err e = next_text(r);

        if (e == ERR_NOTFOUND) {
            waiters_sleep(&r->waiter); /* until news, or the next beat */
            return 0;
        }
        if (e != OK)
            return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    n = s->len - s->at < max ? s->len - s->at : max;
    memcpy(out, s->text + s->at, n);
    s->at += n;
    s->moved = 1;
    r->server->rounds = 0;
    return (ssize_t)n;
}

static void on_beat(void *arg)
{
    struct request *r = arg;
    struct stream *s = r->stream;
    uint64_t every_ms = (uint64_t)r->server->settings->heartbeat_s * 1000;

    /* Something waits to go out and nothing moved since the last beat: the peer does not read, or is gone. */
    if (!r->waiter.suspended && !s->moved) {
        conns_drop(r->server->conns, r->conn);
        return;
    }
    s->moved = 0;
    s->beat_due = 1;
    waiters_wake(&r->waiter);
    if (waiters_after(&r->waiter, every_ms, on_beat, r) != OK)
        conns_drop(r->server->conns, r->conn); /* a stream without heartbeats would look dead anyway */
}

/* Where to go on: Last-Event-ID, as EventSource sends it when it connects again, else ?after=. */
static enum err read_position(const struct request *r, uint64_t *out)
{
    const char *last = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "Last-Event-ID");

    return last != NULL ? admit_number(last, UINT64_MAX, out) : request_number(r, "after", 0, UINT64_MAX, out);
}

static enum err start_stream(struct request *r, uint64_t after)
{
    struct server *server = r->server;
    struct stream *s = calloc(1, sizeof *s);
    unsigned every_ms = server->settings->heartbeat_s * 1000;

    if (s == NULL)
        return ERR_NOMEM;
    s->cursor = after;
    s->beat_due = 1; /* the first at once: it tells the client that the stream is up */
    s->moved = 1;
    r->stream = s; /* events_free() has it from here */
    server->metrics.streams++;
    waiters_join(server->waiters, &r->waiter, r->session.site, r->session.node, r->connection);
    /* The second somewhere within the interval, so that streams which came together do not beat together for ever. */
    return waiters_after(&r->waiter, 1 + randombytes_uniform(every_ms), on_beat, r);
}

enum MHD_Result serve_events(struct request *r)
{
    struct MHD_Response *response = NULL;
    uint64_t after = 0;
    char every[16];
    enum err e;

    if ((e = read_position(r, &after)) != OK)
        return reply_err(r, e);
    if (start_stream(r, after) != OK)
        return MHD_NO;
    snprintf(every, sizeof every, "%u", r->server->settings->heartbeat_s);
    response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1024, on_room, r, NULL);
    if (response == NULL)
        return MHD_NO;
    if (MHD_add_response_header(response, "Content-Type", "text/event-stream") != MHD_YES ||
        MHD_add_response_header(response, "Latchkey-Heartbeat", every) != MHD_YES ||
        /* nginx and its like would collect a buffer full of events before they pass the first one on */
        MHD_add_response_header(response, "X-Accel-Buffering", "no") != MHD_YES) {
        MHD_destroy_response(response);
        return MHD_NO;
    }
    conns_enter(r->server->conns, r->conn, CONN_WAITING);
    return reply_response(r, MHD_HTTP_OK, response);
}
