/* SPDX-License-Identifier: Apache-2.0 */
/* waits: each answer is the whole list, and the count to ask with next time. */
#include "devicescout/web/waits.h"

#include <string.h>

#include "devicescout/web/job_json.h"
#include "devicescout/web/reply.h"
#include "devicescout/web/web_state.h"

#define WAITS_MOST 4

static void answer(struct request *r)
{
    struct web *w = r->web;
    const struct session *s = sessions_by_number(w->opts.sessions, r->session_number);
    json_t *list;

    if (s == NULL) {
        reply_error(r, MHD_HTTP_UNAUTHORIZED, "signed-out", "Please sign in.");
        return;
    }
    list = job_json_list(&w->opts, s);
    if (list != NULL && json_object_set_new(list, "changes", json_integer((json_int_t)s->changes)) != 0) {
        json_decref(list);
        list = NULL;
    }
    reply_json(r, MHD_HTTP_OK, list);
}

void waits_answer(struct web *w, const char *person)
{
    struct request *r, *next;

    for (r = w->waiting; r != NULL; r = next) {
        const struct session *s;

        next = r->next;
        if (r->session_number == 0)
            continue;
        s = sessions_by_number(w->opts.sessions, r->session_number);
        if (s == NULL || (person != NULL && strcmp(s->person, person) == 0)) {
            answer(r);
            request_resume(r);
        }
    }
}

static void waited_long_enough(void *arg)
{
    struct request *r = arg;

    r->timer = 0;
    answer(r);
    request_resume(r);
}

/* One session's page asks once at a time; of those that it left behind the oldest is answered. */
static void make_room(const struct request *r)
{
    struct request *oldest = NULL;
    size_t count = 0;

    for (struct request *x = r->web->waiting; x != NULL; x = x->next) {
        if (x->session_number != r->session->number)
            continue;
        count++;
        oldest = x; /* new ones stand in front */
    }
    if (count < WAITS_MOST)
        return;
    answer(oldest);
    request_resume(oldest);
}

void waits_start(struct request *r, uint64_t since, uint64_t wait_ms)
{
    make_room(r);
    r->session_number = r->session->number;
    if (r->session->changes != since || wait_ms == 0 ||
        loop_after(r->web->opts.loop, wait_ms, waited_long_enough, r, &r->timer) != OK)
        answer(r);
    else
        request_wait(r);
}
