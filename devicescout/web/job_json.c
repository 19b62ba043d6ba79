/* SPDX-License-Identifier: Apache-2.0 */
/* job_json: what a person needs to know of a job, and nothing that only programs do. */
#include "devicescout/web/job_json.h"

#include <string.h>

#include "base/clock.h"

static int is_current(const struct job *j, const struct session *s)
{
    return j->confirmed && (j->final_boot_ms == 0 || j->final_boot_ms >= s->started_boot_ms);
}

int job_is_own(const struct job *j, const struct session *s)
{
    return is_current(j, s) && strcmp(job_person(j), s->person) == 0;
}

int job_is_shown(const struct web_opts *web, const struct job *j, const struct session *s)
{
    if (job_is_own(j, s))
        return 1;
    return web->delegates != NULL && is_current(j, s) &&
           delegates_may(web->delegates, job_person(j), s->person, clock_unix_ms());
}

static int is_kept(const struct job *j)
{
    return j->state == JOB_HELD && j->reason == REASON_KEPT && !j->waiting;
}

static const char *state_of(const struct job *j)
{
    return j->waiting ? "waiting" : jobstate_name(j->state);
}

/* One word for what went wrong: ours when no order came about, else the courier's. */
static const char *problem_of(const struct job *j)
{
    if (j->reason != REASON_NONE && !is_kept(j))
        return jobreason_name(j->reason);
    return job_note_name(j->note);
}

static json_t *color_or_null(enum ticket_color color)
{
    return color == TICKET_COLOR_UNKNOWN ? json_null() : json_boolean(color == TICKET_COLOR_YES);
}

static json_t *number_or_null(uint64_t v, int known)
{
    return known ? json_integer((json_int_t)v) : json_null();
}

/* Whose it is, and whether it was printed already. */
static json_t *rights_json(const struct job *j, const struct session *s)
{
    const char *person = job_person(j);

    return json_pack("{s:s, s:b}", "owner", strcmp(person, s->person) == 0 ? "" : person, "kept", is_kept(j));
}

static json_t *and_these(json_t *object, json_t *more)
{
    if (object == NULL || more == NULL || json_object_update(object, more) != 0) {
        json_decref(object);
        object = NULL;
    }
    json_decref(more);
    return object;
}

json_t *job_json(const struct job *j, const struct session *s, struct fits *fits)
{
    char id[ID_HEX_SIZE];
    json_t *job, *fit = fits_json(fits, j);

    job = json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:I, s:I, s:s, s:s, s:b, s:s, s:s, s:b, s:o, s:b}", "id",
                    id_text(j->id, id), "title", j->title, "format", j->format, "computer", j->host, "pages",
                    number_or_null(j->content.pages, j->content.pages != 0), "color", color_or_null(j->content.color),
                    "bytes", (json_int_t)j->document_bytes, "created", (json_int_t)j->created_unix_ms, "state",
                    state_of(j), "problem", problem_of(j), "not_tried", j->note == NOTE_NOT_TRIED, "detail",
                    j->printer_reasons, "printer", j->printer, "confirmed", j->confirmed_by_printer != 0, "impressions",
                    number_or_null(j->impressions, j->impressions != IMPRESSIONS_UNKNOWN), "password",
                    j->password.method != JOB_PASSWORD_NONE);
    return and_these(and_these(job, fit), rights_json(j, s));
}

struct listing {
    const struct web_opts *web;
    const struct session *session;
    struct fits fits;
    json_t *list;
    json_int_t more;
};

static void add_jobs_of(void *arg, const char *person)
{
    struct listing *l = arg;

    for (const struct job *j = index_of_person(l->web->index, person); l->list != NULL && j != NULL; j = j->next) {
        if (!job_is_shown(l->web, j, l->session))
            continue;
        if (json_array_size(l->list) >= JOBS_SHOWN_MAX) {
            l->more++;
        } else if (json_array_append_new(l->list, job_json(j, l->session, &l->fits)) != 0) {
            json_decref(l->list);
            l->list = NULL;
        }
    }
}

json_t *job_json_list(const struct web_opts *web, const struct session *s)
{
    struct listing l = {.web = web, .session = s, .list = json_array()};

    fits_begin(&l.fits, web, s->printer);
    add_jobs_of(&l, s->person);
    if (web->delegates != NULL)
        delegates_givers(web->delegates, s->person, clock_unix_ms(), add_jobs_of, &l);
    return json_pack("{s:o, s:I}", "jobs", l.list, "more", l.more);
}
