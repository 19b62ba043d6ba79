/* SPDX-License-Identifier: Apache-2.0 */
/* job_json: what a person needs to know of a job, and nothing that only programs do. */
#include "devicescout/web/job_json.h"

#include <string.h>

int job_is_shown(const struct job *j, const struct session *s)
{
    return j->confirmed && strcmp(job_person(j), s->person) == 0 &&
           (j->final_boot_ms == 0 || j->final_boot_ms >= s->started_boot_ms);
}

static const char *state_of(const struct job *j)
{
    return j->waiting ? "waiting" : jobstate_name(j->state);
}

/* One word for what went wrong: ours when no order came about, else the courier's. */
static const char *problem_of(const struct job *j)
{
    if (j->reason != REASON_NONE)
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

json_t *job_json(const struct job *j, struct fits *fits)
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
    if (fit == NULL || json_object_update(job, fit) != 0) {
        json_decref(job);
        job = NULL;
    }
    json_decref(fit);
    return job;
}

json_t *job_json_list(const struct web_opts *web, const struct session *s)
{
    json_t *list = json_array();
    struct fits fits;

    fits_begin(&fits, web, s->printer);
    for (const struct job *j = index_of_person(web->index, s->person); list != NULL && j != NULL; j = j->next) {
        if (job_is_shown(j, s) && json_array_append_new(list, job_json(j, &fits)) != 0) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}
