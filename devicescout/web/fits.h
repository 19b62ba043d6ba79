/* SPDX-License-Identifier: Apache-2.0 */
/* fits: what the printer that somebody stands at cannot do of a job, and which printers can. */
#ifndef DEVICESCOUT_WEB_FITS_H
#define DEVICESCOUT_WEB_FITS_H

#include <jansson.h>

#include "devicescout/jobs/abilities.h"
#include "devicescout/jobs/job.h"
#include "devicescout/web/web.h"

#define FITS_OTHERS_MAX 200 /* printers that are looked at; a list of jobs must not wait for a large site */
#define FITS_NAMES_MAX  3   /* and named: a row on the screen holds no more */

struct fits { /* for one answer; start with {0} */
    const struct web_opts *web;
    const struct abilities *here; /* NULL: not known */
    struct id printer;
    int others_known;
    size_t others_len;
    struct {
        const char *name;
        const struct abilities *abilities;
    } others[FITS_OTHERS_MAX];
};

/* At this printer. Valid until the loop goes on. */
void fits_begin(struct fits *f, const struct web_opts *web, struct id printer);

/* Will its document come out here? */
enum abilities_answer fits_format(const struct fits *f, const struct job *j);

/* Will something be left out that was chosen when it was printed? */
int fits_lacks(const struct fits *f, const struct job *j);

/* {"prints_here": bool or null, "lacks": […], "elsewhere": […]}; a new reference, NULL: no memory. */
json_t *fits_json(struct fits *f, const struct job *j);

/* The words of a list of struct abilities; null for NULL: nothing is known. */
json_t *fits_words(const char *list);

#endif
