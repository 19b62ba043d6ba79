/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts: the lines of the audit log that the keyholder itself reads back: what was granted, reported, closed. Writer
 * and reader stand side by side. What devicescout asks to have logged is an event "scout.…", so it can never be one of
 * these.
 */
#ifndef KEYHOLDER_FACTS_H
#define KEYHOLDER_FACTS_H

#include "crypto/description.h"
#include "devicescout/keyholder/audit.h"
#include "devicescout/keyholder/jobs.h"
#include "proto/closed.h"
#include "proto/order.h"
#include "proto/report.h"

struct facts { /* for facts_replay */
    struct jobs *jobs;
    uint32_t epoch_from;  /* jobs of older epochs are skipped */
    uint64_t bar_most_ms; /* an order bars another at most so long after a restart */
};

/* An audit_replay_fn; arg is a struct facts. ERR_FORMAT: a line that no version of this program wrote. */
MUST_USE enum err facts_replay(void *arg, const struct audit_entry *entry);

struct fact_grant {
    const struct order *order;
    uint32_t epoch;
    struct id origin;
    const char *printer_name; /* as it is registered now; the order has its id */
    const char *owner, *whose;
    const struct id *delegation; /* NULL: the person asks for their own job */
    uint64_t bar_unix_ms;
};
/* Each adds its line; the caller syncs. */
MUST_USE enum err facts_grant(struct audit *a, const struct fact_grant *g);
MUST_USE enum err facts_report(struct audit *a, const struct report *r, uint32_t epoch);
MUST_USE enum err facts_close(struct audit *a, struct id job, uint32_t epoch, uint8_t reason, const char *person);

/* What a job is closed as when a report of this state is its last word; 0: it is not closed. */
uint8_t facts_closing(uint8_t state);

#endif
