/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retire: how a job leaves: delivered and reported, closed by the site, canceled by its person, expired. Its state is
 * written first, then file and description are erased; the queue keeps the rest as history for a while.
 */
#ifndef PRINTSCOUT_COURIER_RETIRE_H
#define PRINTSCOUT_COURIER_RETIRE_H

#include "printscout/courier/courier.h"

/* Look for expired jobs every minute. */
MUST_USE enum err retire_start(struct courier *c);
void retire_end(struct courier *c); /* after link_free */

/* A device scout has acknowledged the terminal report of this order. */
void retire_reported(struct courier *c, struct id job, struct id order);

/* A signed closed record. ERR_AUTH, ERR_FORMAT; ERR_STATE: it is just being delivered, send it again later. */
MUST_USE enum err retire_closed(struct courier *c, const uint8_t *body, size_t len);

/* The person canceled it at the workstation. One that is on its way to a printer is stopped first. */
void retire_cancel(struct courier *c, struct job *j);

/* The job is final already, as found after a restart: erase what is left, say again what was not acknowledged. */
void retire_again(struct courier *c, struct job *j);

#endif
