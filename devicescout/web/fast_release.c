/* SPDX-License-Identifier: Apache-2.0 */
/* fast_release: nobody is asked, so whatever a person would be asked about stays held, and is named. */
#include "devicescout/web/fast_release.h"

#include "devicescout/web/fits.h"
#include "devicescout/web/job_json.h"
#include "devicescout/web/release_job.h"

static int is_wanted(const struct web_opts *web, const struct session *s, const struct printer *p)
{
    return web->fast_release != NULL && (s->authentication == BY_BADGE || s->authentication == BY_BADGE_PIN) &&
           web->fast_release(web->arg, p->name);
}

static const char *try_release(const struct release_call *c, struct job *j)
{
    struct fits fits;

    fits_begin(&fits, c->web, c->printer->id);
    if (j->state == JOB_UNKNOWN)
        return "outcome-unknown"; /* it may be on paper already */
    if (j->state == JOB_HELD && j->reason == REASON_KEPT)
        return "kept"; /* it is; else each swipe would print it */
    if (fits_lacks(&fits, j))
        return "options-left-out";
    return release_job(c, j, NULL);
}

json_t *fast_release(const struct web_opts *web, const struct session *s, const struct printer *p)
{
    const struct release_call c = {.web = web, .session = s, .printer = p};
    json_t *held;
    json_int_t released = 0;
    char id[ID_HEX_SIZE];

    if (!is_wanted(web, s, p))
        return json_null();
    held = json_array();
    for (struct job *j = index_of_person(web->index, s->person); j != NULL; j = j->next) {
        const char *why;

        if (!job_is_own(j, s))
            continue;
        if ((why = try_release(&c, j)) == NULL)
            released++;
        else if (json_array_append_new(held, json_pack("{s:s, s:s, s:s}", "id", id_text(j->id, id), "title", j->title,
                                                       "error", why)) != 0)
            break;
    }
    return json_pack("{s:I, s:o}", "released", released, "held", held);
}
