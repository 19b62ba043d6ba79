/* SPDX-License-Identifier: Apache-2.0 */
/* job_json: jobs as the panel gets them. Fields: openapi.yaml, "Job". */
#ifndef DEVICESCOUT_WEB_JOB_JSON_H
#define DEVICESCOUT_WEB_JOB_JSON_H

#include <jansson.h>

#include "devicescout/jobs/index.h"
#include "devicescout/people/sessions.h"
#include "devicescout/web/fits.h"

/* Is it this person's own, and on their screen? Jobs that ended before they signed in are not. */
int job_is_own(const struct job *j, const struct session *s);

/* Is it on this person's screen, as their own or as one that they may release for somebody? */
int job_is_shown(const struct web_opts *web, const struct job *j, const struct session *s);

/* As it looks in this session, at the printer of fits. A new reference; NULL: no memory. */
json_t *job_json(const struct job *j, const struct session *s, struct fits *fits);

#define JOBS_SHOWN_MAX 500 /* what a person looks through; and a computer that floods a list ends there */

/* {"jobs": all that is shown in a session, oldest first, their own before others'; "more": how many there are besides}.
 */
json_t *job_json_list(const struct web_opts *web, const struct session *s);

#endif
