/* SPDX-License-Identifier: Apache-2.0 */
/* release_job: one job into its printer's line, or a word for why not: openapi.yaml, "refused" and "held". */
#ifndef DEVICESCOUT_WEB_RELEASE_JOB_H
#define DEVICESCOUT_WEB_RELEASE_JOB_H

#include "devicescout/jobs/options.h"
#include "devicescout/web/web.h"

struct release_call { /* what was asked, for all of its jobs */
    const struct web_opts *web;
    const struct session *session;
    const struct printer *printer;
    struct options options;
    int keep; /* printed, they stay held */
};

/* NULL when it is on its way. password: NULL: none was typed. */
const char *release_job(const struct release_call *c, struct job *j, const char *password);

#endif
