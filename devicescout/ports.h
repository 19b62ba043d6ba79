/* SPDX-License-Identifier: Apache-2.0 */
/* ports: what the parts of jobs/ and people/ ask of the keyholder, the link and the pages, bound to the real ones. */
#ifndef DEVICESCOUT_PORTS_H
#define DEVICESCOUT_PORTS_H

#include "devicescout/scout.h"

/* Make the parts of jobs/ for a scout whose loop, keyholder, site and store are there, and fill them from the store. */
MUST_USE enum err ports_make_jobs(struct scout *s);
/* Make what signs people in, as the configuration says. */
MUST_USE enum err ports_make_people(struct scout *s);

/* Open the pages' port and the readers', when all that they ask is there. */
MUST_USE enum err ports_make_web(struct scout *s);
/* Of all printers; NULL behind the last. An argument of struct scout. */
const struct printer *ports_printer_at(void *scout, size_t i);

/* A line for the audit chain. A keyholder that does not answer is logged. */
void ports_audit(void *scout, const char *event, const struct audit_fields *fields);

/* End a job for everybody: the keyholder closes it, its origin is told, it leaves lists and lines. */
void ports_close_job(struct scout *s, struct job *j, enum close_reason reason, const char *person);
/* For the statistics: a report has said that it came to paper, or it ends without anybody having released it. */
void ports_count_printed(struct scout *s, const struct job *j);
void ports_count_unreleased(struct scout *s, const struct job *j);
/* For the record, where audit-titles is true: which title the order is about. */
void ports_record_release(struct scout *s, const struct order *o, const char *person);
/* Take a job that has ended off the screens and out of memory. */
void ports_forget_job(struct scout *s, struct job *j);

/* Tell every courier that a newer bulletin is out; an argument of struct scout, for struct site_opts. */
void ports_tell_bulletin(void *scout);

/* Hand the queue's profile to the keyholder, for struct survey_opts. */
MUST_USE enum err ports_say_profile(void *scout, const uint8_t *profile, size_t len);

#endif
