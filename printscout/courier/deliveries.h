/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deliveries: which accepted order runs, which waits for its printer, and how each ends. A printer takes one document
 * after another, in the order of the releases; different printers work at the same time.
 */
#ifndef PRINTSCOUT_COURIER_DELIVERIES_H
#define PRINTSCOUT_COURIER_DELIVERIES_H

#include "printscout/courier/courier.h"

/*
 * How long an accepted order waits behind others for its printer. Its deadline is for being accepted and for the first
 * connection; a person who released five jobs waits for the fifth, but nobody waits for a stranger's paper jam.
 */
#define DELIVERIES_WAIT_MS 60000

struct delivery_opts {
    const struct order *order;
    const uint8_t *sha256; /* of its record */
    const struct printer_uri *where;
    struct document *document; /* the delivery's from here on, also on failure; NULL with ask */
    int ask;                   /* after a crash: only ask the printer what became of it */
    int document_was_sent;
    uint64_t received_us; /* CLOCK_MONOTONIC, for the log line of the first byte */
};

/*
 * Deliver a journaled order: the thread first, then the books (state file, first report), for a person is waiting.
 * Afterwards j->delivery is set until it ended.
 * Errors: ERR_NOMEM, ERR_IO: it will not be delivered; the caller answers.
 */
MUST_USE enum err deliveries_start(struct courier *c, struct job *j, const struct delivery_opts *opts);

/* Stop one that waits or runs. */
void deliveries_stop(struct delivery *y, enum deliver_stop why);

/* Send the last report that is not terminal again: its order was repeated. */
void deliveries_tell(struct delivery *y);

/* Stop all, those that wait at once. */
void deliveries_stop_all(struct courier *c, enum deliver_stop why);

#endif
