/* SPDX-License-Identifier: Apache-2.0 */
/*
 * questions: a shared queue asks the site's device scouts who somebody is, and may not speak to the network itself; the
 * courier carries. It connects to the queue's socket in the spool, and forgets a question as soon as it is answered or
 * eight seconds old; it could read none of them. proto/question.h says what the packets are.
 */
#ifndef PRINTSCOUT_COURIER_QUESTIONS_H
#define PRINTSCOUT_COURIER_QUESTIONS_H

#include "printscout/courier/courier.h"

/* On a node that is one person's this does nothing. ERR_NOMEM. */
MUST_USE enum err questions_start(struct courier *c);
void questions_end(struct courier *c);

/* A device scout answers. ERR_FORMAT, ERR_LIMIT; an answer that nobody waits for any more is none. */
MUST_USE enum err questions_answer(struct courier *c, const struct link_peer *from, const uint8_t *body, size_t len);

#endif
