/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal: which orders this courier has taken, and what it answered. An order is here, on the disk, before its
 * delivery begins; never its key. So after a crash an order without an answer is one whose outcome is not known, and a
 * repeated order gets the answer it got before. File "journal" in the state folder. Main loop's thread only.
 */
#ifndef PRINTSCOUT_COURIER_JOURNAL_H
#define PRINTSCOUT_COURIER_JOURNAL_H

#include "proto/order.h"
#include "proto/report.h"

/* As many orders are remembered; then the oldest that are answered go. Older ones are past their deadline for hours. */
#define JOURNAL_KEPT 1024

struct journal;

struct journal_entry { /* inside the journal; valid until the next call that changes it */
    struct id order, job;
    uint8_t sha256[32]; /* of the order record: a second order of one id is told apart */
    uint8_t protocol;
    uint8_t keep; /* printed, its job stays held */
    uint8_t pin[32];
    char *uri;       /* where it was sent: to ask the printer after a crash; NULL when refused */
    int sent;        /* the printer has taken the whole document */
    uint8_t *report; /* the answer; NULL while there is none */
    size_t report_len;
};

/*
 * Read the journal, or begin one. A last record that was cut short by a crash was never acted on, and is dropped.
 * ERR_FORMAT: it is damaged before its end; what stands before the damage was read and the rest is cut off (*out is set
 * all the same, the caller raises the alarm).
 */
MUST_USE enum err journal_open(int state_dir, struct journal **out);
void journal_close(struct journal *j); /* NULL is fine */

/* NULL: never seen. */
const struct journal_entry *journal_find(const struct journal *j, struct id order);

/* Call fn for each order that has no answer. fn may call journal_answer for that order. */
typedef void journal_open_fn(void *arg, const struct journal_entry *entry);
void journal_each_open(struct journal *j, journal_open_fn *fn, void *arg);

/* An order is accepted. On the disk when this returns OK; on an error nothing may be delivered. ERR_EXISTS, ERR_IO … */
MUST_USE enum err journal_accept(struct journal *j, const struct order *o, const uint8_t sha256[static 32]);

/* The printer has the whole document. Not fsynced: losing it makes an outcome less certain, never wrong. */
MUST_USE enum err journal_sent(struct journal *j, struct id order);

/*
 * The terminal report, also of an order that was refused and so never accepted. Not fsynced: a job's own state file is,
 * and a refusal that is forgotten is made again.
 *   sha256  of the order record
 */
MUST_USE enum err journal_answer(struct journal *j, struct id order, const uint8_t sha256[static 32],
                                 const uint8_t *report, size_t len);

#endif
