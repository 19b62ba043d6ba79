/* SPDX-License-Identifier: Apache-2.0 */
/* metrics: what has been counted since the start. Numbers only: no site, node or address is in them. */
#ifndef RELAY_METRICS_H
#define RELAY_METRICS_H

#include <stddef.h>
#include <stdint.h>

struct metrics {
    uint64_t requests[6]; /* by the status' first digit */
    uint64_t appended_messages, appended_bytes;
    uint64_t delivered_messages, delivered_bytes;
    uint64_t sessions_made, quota_refusals;
    uint64_t streams; /* open now */
};

struct metrics_now { /* what others know */
    size_t connections, sessions, waiting;
    uint64_t stored_messages, stored_bytes;
};

/* Prometheus' text format. Returns its length; out is cut at size. */
size_t metrics_print(const struct metrics *m, const struct metrics_now *now, char *out, size_t size);

#endif
