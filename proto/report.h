/* SPDX-License-Identifier: Apache-2.0 */
/* report: what became of an order, signed by the node that delivered. PROTOCOL.md, "Report". */
#ifndef PROTO_REPORT_H
#define PROTO_REPORT_H

#include "proto/jobstate.h"
#include "proto/record.h"

#define REPORT_MAX_LEN      1024
#define STATE_REASONS_SIZE  513 /* with its NUL */
#define IMPRESSIONS_UNKNOWN UINT32_MAX

struct report {
    struct id site, order, job, node;
    uint8_t state;  /* enum job_state */
    uint8_t reason; /* enum job_reason */
    uint8_t terminal, confirmed;
    uint64_t sent_bytes;
    uint32_t impressions;
    char printer_state_reasons[STATE_REASONS_SIZE];
    uint8_t hello_public[KEY_LEN];
};

MUST_USE enum err report_write(const struct report *r, struct wbuf *out);
MUST_USE enum err report_read(const uint8_t *bytes, size_t len, const uint8_t node_public[static KEY_LEN],
                              struct report *out);
/* The order and node that an unchecked report names, to find the key to check it with. Believe nothing else of it. */
MUST_USE enum err report_peek(const uint8_t *bytes, size_t len, struct id *order, struct id *node);
/* Does an unchecked report say that it is the last word on its order? Those are acknowledged. */
int report_says_terminal(const uint8_t *bytes, size_t len);

#endif
