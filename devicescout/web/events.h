/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events: what happens to a person's jobs, on that person's screens: a stream of Server-Sent Events, or, where a proxy
 * or an old engine has none, a question that is answered when something has changed.
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
/* Answer when something has changed since the given count of the session, or after wait_ms. */
void events_wait(struct events *ev, struct request *r, uint64_t since, uint64_t wait_ms);

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
