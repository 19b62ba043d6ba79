/* SPDX-License-Identifier: Apache-2.0 */
/* outcome: what is written down and said of an order: while it runs, at its end, or when it is refused. */
#ifndef PRINTSCOUT_COURIER_OUTCOME_H
#define PRINTSCOUT_COURIER_OUTCOME_H

#include "printscout/courier/courier.h"

struct outcome_order { /* of an order, what its books need */
    struct id order, job;
    uint8_t sha256[32];
    char printer[PRINTER_URI_SIZE]; /* its host, for people */
    int keep;                       /* printed, the job stays held */
};

void outcome_order_of(struct outcome_order *out, const struct order *o, const struct printer_uri *where,
                      const uint8_t sha256[static 32]);

/* Write the job's state with the progress, where the queue sees it. */
void outcome_show(struct courier *c, const struct job *j, const struct outcome_order *o,
                  const struct deliver_progress *now);

/* Send a report that is not terminal. */
void outcome_tell(struct courier *c, const struct job *j, const struct outcome_order *o,
                  const struct deliver_progress *now);

/*
 * The end: move the job, write state and terminal report to the disk, note it in the journal, send it. A job that its
 * person canceled meanwhile goes on to be canceled, one whose folder is gone is forgotten.
 */
void outcome_settle(struct courier *c, struct job *j, const struct outcome_order *o,
                    const struct deliver_outcome *outcome, const struct deliver_progress *now);

/* An order that is not obeyed: its terminal report; state is that of its job, which it does not change. */
void outcome_refuse(struct courier *c, const struct outcome_order *o, enum job_state state, enum job_reason reason);

#endif
