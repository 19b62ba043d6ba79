/* SPDX-License-Identifier: Apache-2.0 */
/* metrics: see metrics.h. */
#include "relay/metrics.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"

struct page {
    char *text;
    size_t size, len;
};

static void PRINTF_LIKE(2, 3) add(struct page *p, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(p->text + p->len, p->size - p->len, fmt, ap);
    va_end(ap);
    if (n > 0)
        p->len = p->len + (size_t)n < p->size ? p->len + (size_t)n : p->size - 1;
}

static void add_one(struct page *p, const char *name, const char *type, const char *help, uint64_t value)
{
    add(p, "# HELP scoutrelay_%s %s\n# TYPE scoutrelay_%s %s\nscoutrelay_%s %" PRIu64 "\n", name, help, name, type,
        name, value);
}

size_t metrics_print(const struct metrics *m, const struct metrics_now *now, char *out, size_t size)
{
    struct page p = {.text = out, .size = size};

    add(&p, "# HELP scoutrelay_requests_total Answers by class of status.\n# TYPE scoutrelay_requests_total counter\n");
    for (unsigned i = 1; i < sizeof m->requests / sizeof *m->requests; i++)
        add(&p, "scoutrelay_requests_total{status=\"%uxx\"} %" PRIu64 "\n", i, m->requests[i]);
    add_one(&p, "appended_messages_total", "counter", "Messages taken in.", m->appended_messages);
    add_one(&p, "appended_bytes_total", "counter", "Their bytes.", m->appended_bytes);
    add_one(&p, "delivered_messages_total", "counter", "Messages handed out, repeats counted.", m->delivered_messages);
    add_one(&p, "delivered_bytes_total", "counter", "Their bytes.", m->delivered_bytes);
    add_one(&p, "sessions_made_total", "counter", "Sign-ins.", m->sessions_made);
    add_one(&p, "quota_refusals_total", "counter", "Messages that a mailbox had no room for.", m->quota_refusals);
    add_one(&p, "connections", "gauge", "Open connections.", now->connections);
    add_one(&p, "streams", "gauge", "Open event streams.", m->streams);
    add_one(&p, "waiting", "gauge", "Streams, long polls and waits for an answer.", now->waiting);
    add_one(&p, "sessions", "gauge", "Sessions.", now->sessions);
    add_one(&p, "stored_messages", "gauge", "Messages that wait for their reader.", now->stored_messages);
    add_one(&p, "stored_bytes", "gauge", "Their bytes.", now->stored_bytes);
    return p.len;
}
