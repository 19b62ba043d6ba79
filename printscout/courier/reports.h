/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reports: what this courier says of an order, signed. One that is not terminal is sent once and may be lost; the
 * terminal one is kept and sent until a device scout acknowledges it.
 */
#ifndef PRINTSCOUT_COURIER_REPORTS_H
#define PRINTSCOUT_COURIER_REPORTS_H

#include "printscout/courier/courier.h"

/* Sign a report; site, node and hello key are filled in. out receives at most REPORT_MAX_LEN bytes. */
MUST_USE enum err reports_sign(const struct courier *c, struct report *r, uint8_t *out, size_t *len);

/* Send one that is not terminal to every device scout. */
void reports_tell(struct courier *c, const uint8_t *report, size_t len);

/*
 * Send a terminal one to every device scout until one of them acknowledges it. retire_reported() then hears of it.
 *   job, order  whose it is
 */
void reports_send(struct courier *c, struct id job, struct id order, const uint8_t *report, size_t len);

/* After a sync: the last terminal report of each job that has one, once, to device scout number i. */
void reports_send_last(struct courier *c, size_t i);

/* A signed closed record makes reports of this job needless. */
void reports_withdraw(struct courier *c, struct id job);

void reports_end(struct courier *c); /* after link_free */

#endif
