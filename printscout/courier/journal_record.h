/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal_record: one record of the journal as bytes: length of the fields 2 · type 1 · fields · first 4 bytes of
 * SHA-256 over all before. The types: accepted (order id 16 · job id 16 · SHA-256 32 · protocol 1 · keep 1 · pin 32
 * · URI text16), sent (order id 16), answered (order id 16 · SHA-256 32 · report bytes16).
 */
#ifndef PRINTSCOUT_COURIER_JOURNAL_RECORD_H
#define PRINTSCOUT_COURIER_JOURNAL_RECORD_H

#include "base/buf.h"
#include "printscout/courier/journal.h"

#define JOURNAL_RECORD_MAX 1536

enum journal_type { JOURNAL_ACCEPTED = 1, JOURNAL_SENT, JOURNAL_ANSWERED };

struct journal_record {
    enum journal_type type;
    struct id order, job;
    uint8_t sha256[32];
    uint8_t protocol, keep;
    uint8_t pin[32];
    char uri[PRINTER_URI_SIZE];
    const uint8_t *report; /* reading: points into the bytes read */
    size_t report_len;
};

MUST_USE enum err journal_record_write(const struct journal_record *r, struct wbuf *out);

/* Moves b behind the record. ERR_NOTFOUND: b ends before the record does; ERR_FORMAT: it is damaged. */
MUST_USE enum err journal_record_read(struct rbuf *b, struct journal_record *out);

#endif
