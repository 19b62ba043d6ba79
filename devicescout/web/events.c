/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events: a stream has a buffer of text that waits to go out. While it is empty the connection is suspended; whoever
 * appends to it wakes the connection. A panel that reads too slowly loses its stream, comes back and gets it all anew.
 */
#include "devicescout/web/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/log.h"
#include "devicescout/web/job_json.h"
#include "devicescout/web/reply.h"
#include "devicescout/web/waits.h"
#include "devicescout/web/web_state.h"

#define BUFFER_MAX   (2 * 1024 * 1024) /* the longest list, and news behind it */
#define BEAT_MS      15000
#define LOOK_MS      5000
#define STREAMS_MOST 4 /* of one session: its page, and a few that it has left behind and we have not missed yet */

struct stream {
    struct events *events;
    struct MHD_Connection *connection;
    uint64_t session;
    char *text; /* from at to len is still to go out */
    size_t at, len, size;
    int suspended, ending;
    uint64_t beat_ms;
    LIST_ENTRY(stream) next;
};

struct events {
    struct web *web;
    uint64_t look_ms; /* when the keyholder is asked next what has ended */
    LIST_HEAD(, stream) streams;
};

enum err events_new(struct web *w, struct events **out)
{
    struct events *ev = calloc(1, sizeof *ev);

    if (ev == NULL)
        return ERR_NOMEM;
    ev->web = w;
    LIST_INIT(&ev->streams);
    *out = ev;
    return OK;
}

void events_free(struct events *ev)
{
    free(ev); /* each stream went with its response */
}

static void stream_free(void *cls)
{
    struct stream *s = cls;

    LIST_REMOVE(s, next);
    free(s->text);
    free(s);
}

static void wake(struct stream *s)
{
    if (!s->suspended)
        return;
    s->suspended = 0;
    MHD_resume_connection(s->connection);
    server_wake(s->events->web);
}

static void end(struct stream *s)
{
    s->ending = 1;
    wake(s);
}

static void append(struct stream *s, const char *text)
{
    const size_t len = strlen(text);

    if (s->at > 0) {
        memmove(s->text, s->text + s->at, s->len - s->at);
        s->len -= s->at;
        s->at = 0;
    }
    if (s->len + len > s->size) {
        const size_t size = s->len + len + 1024;
        char *larger = size <= BUFFER_MAX ? realloc(s->text, size) : NULL;

        if (larger == NULL) {
            end(s);
            return;
        }
        s->text = larger;
        s->size = size;
    }
    memcpy(s->text + s->len, text, len);
    s->len += len;
    wake(s);
}

/* json is taken over. */
static void append_event(struct stream *s, const char *name, json_t *json)
{
    char *data = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    char head[64];

    json_decref(json);
    if (data == NULL) {
        end(s); /* better no stream than one that left something out */
        return;
    }
    snprintf(head, sizeof head, "event: %s\ndata: ", name);
    append(s, head);
    append(s, data);
    append(s, "\n\n");
    free(data);
}

static ssize_t on_room(void *cls, uint64_t position, char *out, size_t max)
{
    struct stream *s = cls;
    size_t n = s->len - s->at;

    (void)position;
    if (n == 0 && s->ending)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (n == 0) {
        s->suspended = 1;
        MHD_suspend_connection(s->connection);
        return 0;
    }
    n = n < max ? n : max;
    memcpy(out, s->text + s->at, n);
    s->at += n;
    return (ssize_t)n;
}

/* Else one person could take all connections. */
static void make_room(struct events *ev, uint64_t session)
{
    struct stream *s, *oldest = NULL;
    size_t count = 0;

    LIST_FOREACH(s, &ev->streams, next)
    {
        if (s->session != session || s->ending)
            continue;
        count++;
        oldest = s; /* new ones stand in front */
    }
    if (count >= STREAMS_MOST)
        end(oldest);
}

void events_stream(struct events *ev, struct request *r)
{
    struct stream *s = calloc(1, sizeof *s);
    struct MHD_Response *response;

    if (s == NULL)
        return;
    s->events = ev;
    s->connection = r->connection;
    s->session = r->session->number;
    s->beat_ms = clock_boot_ms() + BEAT_MS;
    make_room(ev, s->session);
    LIST_INSERT_HEAD(&ev->streams, s, next);
    web_look_delegates(ev->web, r->session->person);
    append_event(s, "jobs", job_json_list(&ev->web->opts, r->session));
    if ((response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, on_room, s, stream_free)) == NULL) {
        stream_free(s);
        return;
    }
    reply_response(r, MHD_HTTP_OK, "text/event-stream", response);
    r->endless = 1;
    reply_header(r, "X-Accel-Buffering", "no"); /* nginx and its like would hold events back */
}

struct news {
    struct events *events;
    const struct job *job;
    int gone;
};

static void tell_session(void *arg, const struct session *session)
{
    const struct news *what = arg;
    struct stream *s;
    struct fits fits;
    char id[ID_HEX_SIZE];

    if (!what->gone && !job_is_shown(&what->events->web->opts, what->job, session))
        return;
    fits_begin(&fits, &what->events->web->opts, session->printer);
    LIST_FOREACH(s, &what->events->streams, next)
    {
        if (s->session != session->number)
            continue;
        if (what->gone)
            append_event(s, "gone", json_pack("{s:s}", "id", id_text(what->job->id, id)));
        else
            append_event(s, "job", job_json(what->job, session, &fits));
    }
}

static void tell_person(void *arg, const char *person)
{
    struct news *what = arg;
    struct events *ev = what->events;

    sessions_mark(ev->web->opts.sessions, person);
    sessions_of_person(ev->web->opts.sessions, person, tell_session, what);
    waits_answer(ev->web, person);
}

void events_job(struct events *ev, const struct job *j, int gone)
{
    struct news what = {ev, j, gone};

    if (job_person(j)[0] == '\0' || !j->confirmed)
        return;
    tell_person(&what, job_person(j));
    if (ev->web->opts.delegates != NULL)
        delegates_holders(ev->web->opts.delegates, job_person(j), clock_unix_ms(), tell_person, &what);
}

void events_person(struct events *ev, const char *person)
{
    struct sessions *sessions = ev->web->opts.sessions;
    struct stream *s;

    sessions_mark(sessions, person);
    LIST_FOREACH(s, &ev->streams, next)
    {
        const struct session *x = sessions_by_number(sessions, s->session);

        if (x != NULL && strcmp(x->person, person) == 0)
            append_event(s, "jobs", job_json_list(&ev->web->opts, x));
    }
    waits_answer(ev->web, person);
}

void events_printer(struct events *ev, struct id printer)
{
    struct stream *s;

    LIST_FOREACH(s, &ev->streams, next)
    {
        const struct session *x = sessions_by_number(ev->web->opts.sessions, s->session);

        if (x == NULL || !id_equal(x->printer, printer))
            continue;
        append_event(s, "jobs", job_json_list(&ev->web->opts, x));
    }
}

void events_session_ended(struct events *ev, const struct session *session)
{
    struct stream *s;

    LIST_FOREACH(s, &ev->streams, next)
    {
        if (s->session == session->number) {
            append(s, "event: signed-out\ndata: {}\n\n");
            end(s);
        }
    }
}

static void rights_changed(void *arg, const char *person)
{
    events_person(arg, person);
}

void events_beat(struct events *ev, uint64_t now_boot_ms)
{
    struct stream *s;

    if (ev->web->opts.delegates != NULL)
        delegates_sweep(ev->web->opts.delegates, clock_unix_ms(), rights_changed, ev);
    if (ev->web->opts.delegates != NULL && now_boot_ms >= ev->look_ms) {
        ev->look_ms = now_boot_ms + LOOK_MS;
        delegates_refresh(ev->web->opts.delegates, rights_changed, ev);
    }
    LIST_FOREACH(s, &ev->streams, next)
    {
        if (now_boot_ms < s->beat_ms)
            continue;
        s->beat_ms = now_boot_ms + BEAT_MS;
        append(s, ":\n\n");
    }
    waits_answer(ev->web, NULL); /* those whose session has ended */
}

void events_end_all(struct events *ev)
{
    struct stream *s;

    LIST_FOREACH(s, &ev->streams, next)
    {
        end(s);
    }
}
