/* SPDX-License-Identifier: Apache-2.0 */
/* troubles: what the last job at each printer met, for the first screen of its panel. */
#ifndef DEVICESCOUT_WEB_TROUBLES_H
#define DEVICESCOUT_WEB_TROUBLES_H

#include "devicescout/jobs/job.h"

#define TROUBLES_MAX 2000 /* printers; then the oldest is forgotten */

struct troubles;

struct trouble {
    char printer[PRINTER_NAME_SIZE];
    enum job_reason reason;
    char printer_reasons[STATE_REASONS_SIZE];
};

MUST_USE enum err troubles_new(struct troubles **out);
void troubles_free(struct troubles *t);

/* A job changed: a printer that failed it is in trouble, one that takes bytes is not. */
void troubles_note(struct troubles *t, const struct job *j);
/* NULL: none known. */
const struct trouble *troubles_of(const struct troubles *t, const char *printer);

#endif
