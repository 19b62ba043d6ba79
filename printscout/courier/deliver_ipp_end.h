/* SPDX-License-Identifier: Apache-2.0 */
/* deliver_ipp_end: how a job at an IPP printer ends: watching it, taking it back, and what its last state means. */
#ifndef PRINTSCOUT_COURIER_DELIVER_IPP_END_H
#define PRINTSCOUT_COURIER_DELIVER_IPP_END_H

#include "printscout/courier/deliver.h"
#include "printscout/courier/ipp_session.h"

/* The printer has the whole document: follow the job until it ended or nothing has moved for too long. */
void deliver_ipp_watch(struct deliver *d, struct ipp_session *s, int job_id);

/*
 * Something went wrong with bytes under way: cancel the printer's job over a new connection, and read its state.
 *   job_id  0: not known, it is looked for by its name
 *   reason  why, for the report
 */
void deliver_ipp_settle(struct deliver *d, int job_id, enum job_reason reason);

/* A new connection to the delivery's printer. stop_fd -1: it may end in its own time. */
MUST_USE enum err deliver_ipp_connect(const struct deliver *d, uint32_t idle_ms, int stop_fd, struct ipp_http **out);

/* A transport error as the reason that a person reads. */
enum job_reason deliver_ipp_reason(enum err e);

#endif
