/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events: what happens to the jobs that a person sees, on that person's screens: a stream of Server-Sent Events, or the
 * answer to a question that waits (waits.h).
 */
#ifndef DEVICESCOUT_WEB_EVENTS_H
#define DEVICESCOUT_WEB_EVENTS_H

#include "devicescout/jobs/job.h"
#include "devicescout/web/request.h"

struct events;

MUST_USE enum err events_new(struct web *w, struct events **out);
void events_free(struct events *ev);

/* Answer with a stream. */
void events_stream(struct events *ev, struct request *r);

/* gone: it leaves the list. */
void events_job(struct events *ev, const struct job *j, int gone);
/* More is known of a printer: who stands at it sees their jobs anew. Who asks the long way sees it with the next
 * change.
 */
void events_printer(struct events *ev, struct id printer);
/* What this person may see is another now: all of it anew on their screens. */
void events_person(struct events *ev, const char *person);
void events_session_ended(struct events *ev, const struct session *s);

/* Heartbeats. */
void events_beat(struct events *ev, uint64_t now_boot_ms);
/* Every stream ends. */
void events_end_all(struct events *ev);

#endif
