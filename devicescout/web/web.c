/* SPDX-License-Identifier: Apache-2.0 */
/* web: made, told of changes, ended. */
#include "devicescout/web/web.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/secret.h"
#include "devicescout/web/web_state.h"

/* Bodies hold passwords, and jansson copies what it reads: all that it frees is wiped first. */
static void wipe_and_free(void *p)
{
    if (p != NULL)
        secret_wipe(p, malloc_usable_size(p));
    free(p);
}

/* Ten names at once, then one in a few seconds: enough to name colleagues, too little to read a directory. */
static const struct tries_opts look_ups = {
    .keys = 4096, .free_tries = 10, .delay_ms = 2000, .delay_max_ms = 16000, .forget_ms = 600000};

enum err web_new(const struct web_opts *opts, struct web **out)
{
    struct web *w = calloc(1, sizeof *w);
    enum err e = ERR_NOMEM;

    if (w == NULL)
        goto out;
    w->opts = *opts;
    w->epoll = -1;
    json_set_alloc_funcs(malloc, wipe_and_free);
    if ((e = tls_new(opts->certificate_file, opts->key_file, &w->tls)) != OK)
        goto out;
    if ((e = conns_new(&w->conns)) != OK || (e = events_new(w, &w->events)) != OK ||
        (e = troubles_new(&w->troubles)) != OK || (e = swipes_new(&w->swipes)) != OK ||
        (e = tries_new(&look_ups, &w->look_ups)) != OK)
        goto out;
    if ((e = server_start(w)) != OK)
        goto out;
    *out = w;
    w = NULL;
out:
    web_free(w);
    return e;
}

void web_free(struct web *w)
{
    if (w == NULL)
        return;
    server_stop(w);
    tasks_leave(&w->tasks);
    events_free(w->events);
    troubles_free(w->troubles);
    swipes_free(w->swipes);
    tries_free(w->look_ups);
    conns_free(w->conns);
    tls_free(w->tls);
    free(w);
}

uint16_t web_port(const struct web *w)
{
    return w->port;
}

enum err web_reload_certificate(struct web *w)
{
    return tls_reload(w->tls);
}

void web_job_changed(struct web *w, const struct job *j)
{
    troubles_note(w->troubles, j);
    events_job(w->events, j, 0);
}

void web_job_gone(struct web *w, const struct job *j)
{
    events_job(w->events, j, 1);
}

void web_printer_changed(struct web *w, struct id printer)
{
    events_printer(w->events, printer);
}

void web_swipe(struct web *w, const char *printer, const char *badge)
{
    swipes_take(w, printer, badge);
}

void web_panels_changed(struct web *w)
{
    swipes_panels_changed(w);
}

void web_look_delegates(struct web *w, const char *person)
{
    if (w->opts.delegates != NULL)
        delegates_look(w->opts.delegates, person);
}

static void count_session(void *arg, const struct session *s)
{
    (void)s;
    ++*(size_t *)arg;
}

void web_session_ended(struct web *w, const struct session *s)
{
    size_t sessions = 0;

    sessions_of_person(w->opts.sessions, s->person, count_session, &sessions);
    if (w->opts.delegates != NULL && sessions <= 1) /* this one is among them still */
        delegates_forget(w->opts.delegates, s->person);
    events_session_ended(w->events, s);
}
