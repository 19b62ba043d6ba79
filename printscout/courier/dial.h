/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dial: a TCP connection to a printer, begun at once and waited for later, so that it comes up while the document is
 * verified. An address that does not answer is followed by the next, a refusal by another round, until the deadline.
 */
#ifndef PRINTSCOUT_COURIER_DIAL_H
#define PRINTSCOUT_COURIER_DIAL_H

#include "printscout/courier/deliver.h"

struct dial;

/* Begin. Only memory can run out here; that nobody answers, dial_wait says. */
MUST_USE enum err dial_new(const struct printer_uri *where, struct dial **out);
void dial_free(struct dial *dial); /* closes what is not handed over; NULL is fine */

/*
 * Wait for the connection; d gives the limits, the deadline and the way to stop.
 *   fd      on OK a non-blocking socket for the caller to close()
 * Errors: ERR_UNREACHABLE nobody answered in time, ERR_STATE stopped.
 */
MUST_USE enum err dial_wait(struct dial *dial, const struct deliver *d, int *fd);

#endif
