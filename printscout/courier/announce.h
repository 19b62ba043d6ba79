/* SPDX-License-Identifier: Apache-2.0 */
/* announce: each job's description to every device scout until it is acknowledged; syncs answered with lists. */
#ifndef PRINTSCOUT_COURIER_ANNOUNCE_H
#define PRINTSCOUT_COURIER_ANNOUNCE_H

#include "printscout/courier/courier.h"

MUST_USE enum err announce_start(struct courier *c);
void announce_end(struct courier *c); /* after link_free */

/* The digest that a list names a description by. */
MUST_USE enum err announce_digest(const uint8_t *description, size_t len, uint32_t *out);

/* A job is new, or its description is another one. */
void announce_job(struct courier *c, struct job *j);

/* A job is final: what is under way of it is taken back. Before jobs_remove. */
void announce_withdraw(struct courier *c, const struct job *j);

/* The device scouts are others: everything to everybody. */
void announce_all(struct courier *c);

/* A sync of device scout number i. ERR_FORMAT. */
MUST_USE enum err announce_sync(struct courier *c, size_t i, const uint8_t *body, size_t len);

#endif
