/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve_jobs: list, release, delete. A job of somebody else does not exist here, unless they let this person release
 * for them; then it can be released, and nothing else.
 */
#include <string.h>

#include "base/log.h"
#include "devicescout/web/job_json.h"
#include "devicescout/web/release_job.h"
#include "devicescout/web/reply.h"
#include "devicescout/web/routes.h"
#include "devicescout/web/web_state.h"

#define RELEASE_JOBS_MAX 1000 /* in one request */

void serve_jobs(struct request *r)
{
    web_look_delegates(r->web, r->session->person);
    reply_json(r, MHD_HTTP_OK, job_json_list(&r->web->opts, r->session));
}

static struct job *find_job(const struct web_opts *o, const char *text)
{
    struct id id;

    return text != NULL && id_read(text, &id) == OK ? index_find(o->index, id) : NULL;
}

static enum err read_copies(const json_t *v, struct options *out)
{
    if (!json_is_integer(v) || json_integer_value(v) < 1 || json_integer_value(v) > OPTIONS_COPIES_MAX)
        return ERR_FORMAT;
    out->copies = (uint32_t)json_integer_value(v);
    return OK;
}

static enum err read_option(const char *name, const json_t *v, struct options *out)
{
    if (strcmp(name, "copies") == 0)
        return read_copies(v, out);
    if (!json_is_string(v))
        return ERR_FORMAT;
    if (strcmp(name, "sides") == 0)
        return options_set_sides(out, json_string_value(v));
    if (strcmp(name, "print-color-mode") == 0)
        return options_set_color_mode(out, json_string_value(v));
    if (strcmp(name, "page-ranges") == 0)
        return options_set_ranges(out, json_string_value(v));
    return ERR_UNSUPPORTED;
}

/* 1 when they can be used; else the answer names the one that cannot. */
static int read_options(struct request *r, json_t *options, struct options *out)
{
    const char *name;
    json_t *v;

    *out = (struct options){0};
    if (options == NULL)
        return 1;
    if (!json_is_object(options)) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "bad-json", "options is an object.");
        return 0;
    }
    json_object_foreach(options, name, v)
    {
        if (read_option(name, v, out) != OK) {
            reply_json(r, MHD_HTTP_BAD_REQUEST,
                       json_pack("{s:s, s:s, s:s}", "error", "bad-option", "text",
                                 "This option does not exist or cannot have that value.", "option", name));
            return 0;
        }
    }
    return 1;
}

/* NULL when it is on its way, else a word for why not. */
static const char *release_one(const struct release_call *c, const char *id, const json_t *passwords)
{
    struct job *j = find_job(c->web, id);

    if (j == NULL || !job_is_shown(c->web, j, c->session))
        return "no-such-job";
    return release_job(c, j, json_string_value(json_object_get(passwords, id)));
}

static int is_list_of_jobs(const json_t *ids)
{
    return json_is_array(ids) && json_array_size(ids) > 0 && json_array_size(ids) <= RELEASE_JOBS_MAX;
}

static void add_refused(json_t *refused, const char *id, const char *why)
{
    if (json_array_append_new(refused, json_pack("{s:s, s:s}", "id", id != NULL ? id : "", "error", why)) != 0)
        log_warn("reply_cut", "why=no memory");
}

static json_t *release_all(const struct release_call *c, const json_t *ids, const json_t *passwords)
{
    json_t *refused = json_array();
    json_int_t count = 0;

    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        const char *why = release_one(c, id, passwords);

        if (why == NULL)
            count++;
        else
            add_refused(refused, id, why);
    }
    return json_pack("{s:I, s:o}", "released", count, "refused", refused);
}

void serve_release(struct request *r)
{
    const struct web_opts *o = &r->web->opts;
    struct release_call c = {.web = o, .session = r->session, .printer = o->printer_by_id(o->arg, r->session->printer)};
    json_t *ids = NULL, *values = NULL, *passwords = NULL;

    if (json_unpack_ex(r->json, NULL, JSON_STRICT, "{s:o, s?o, s?o, s?b}", "jobs", &ids, "options", &values,
                       "passwords", &passwords, "keep", &c.keep) != 0 ||
        (passwords != NULL && !json_is_object(passwords)) || !is_list_of_jobs(ids)) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "bad-json",
                    "jobs is wanted, a list of job ids, and maybe options, passwords and keep.");
        return;
    }
    if (c.keep && (o->keep_allowed == NULL || !o->keep_allowed(o->arg))) {
        reply_error(r, MHD_HTTP_FORBIDDEN, "keep-off", "Jobs are not kept after printing here.");
        return;
    }
    if (!read_options(r, values, &c.options))
        return;
    if (c.printer == NULL) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-printer", "This printer is not registered any more.");
        return;
    }
    reply_json(r, MHD_HTTP_ACCEPTED, release_all(&c, ids, passwords));
}

/* NULL when it waits for its person again, else a word for why not. Whose job it is takes back whatever somebody asked
 * for; who may release for them, their own asking alone. */
static const char *withdraw_one(struct request *r, const char *id)
{
    const struct web_opts *o = &r->web->opts;
    struct job *j = find_job(o, id);

    if (j == NULL || !job_is_shown(o, j, r->session))
        return "no-such-job";
    if (releases_withdraw(o->releases, j, job_is_own(j, r->session) ? NULL : r->session->person) != OK)
        return "on-its-way";
    web_job_changed(r->web, j);
    return NULL;
}

void serve_withdraw(struct request *r)
{
    json_t *ids = NULL, *refused;
    json_int_t count = 0;

    if (json_unpack_ex(r->json, NULL, JSON_STRICT, "{s:o}", "jobs", &ids) != 0 || !is_list_of_jobs(ids)) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "bad-json", "jobs is wanted, a list of job ids.");
        return;
    }
    refused = json_array();
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        const char *why = withdraw_one(r, id);

        if (why == NULL)
            count++;
        else
            add_refused(refused, id, why);
    }
    reply_json(r, MHD_HTTP_OK, json_pack("{s:I, s:o}", "withdrawn", count, "refused", refused));
}

void serve_delete(struct request *r)
{
    const struct web_opts *o = &r->web->opts;
    struct job *j = find_job(o, r->parameter);

    if (j == NULL || !job_is_own(j, r->session)) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-job", "There is no such job.");
        return;
    }
    if (j->state == JOB_ORDERED || j->state == JOB_DELIVERING || releases_withdraw(o->releases, j, NULL) == ERR_STATE) {
        reply_error(r, MHD_HTTP_CONFLICT, "on-its-way", "The job is on its way to the printer.");
        return;
    }
    if (jobstate_is_final(j->state)) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-job", "The job has ended.");
        return;
    }
    o->cancel_job(o->arg, j, r->session->person);
    reply_json(r, MHD_HTTP_OK, json_object());
}
