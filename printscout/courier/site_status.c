/* SPDX-License-Identifier: Apache-2.0 */
/* site_status: written as a whole, at most once a second however much changes. */
#include "printscout/courier/site_status.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"

#define STATUS_MAX 4096
#define SETTLE_MS  200 /* relays come up one after another, and jobs in heaps */

struct page {
    char text[STATUS_MAX];
    size_t len;
};

static void PRINTF_LIKE(2, 3) add(struct page *p, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(p->text + p->len, sizeof p->text - p->len, fmt, ap);
    va_end(ap);
    if (n > 0 && (size_t)n < sizeof p->text - p->len)
        p->len += (size_t)n;
    else
        p->text[p->len] = '\0';
}

static void write_now(struct courier *c)
{
    const struct site *s = c->site;
    struct page p = {.len = 0};
    char hex[ID_HEX_SIZE];
    size_t delivering = 0;
    enum err e;

    for (const struct job *j = c->jobs.first; j != NULL; j = j->next)
        delivering += j->delivery != NULL;
    add(&p, "updated %" PRIu64 "\n", clock_unix_ms());
    add(&p, "site %s\n", id_text(s->bulletin->site, hex));
    add(&p, "node %s\n", id_text(c->node.node, hex));
    add(&p, "bulletin %" PRIu32 "\n", s->bulletin->version);
    for (size_t i = 0; i < s->bulletin->relays_len; i++)
        add(&p, "relay %s %s\n", s->relays[i].url, s->relays[i].up ? "up" : "down");
    add(&p, "jobs %zu\n", c->jobs.count);
    add(&p, "delivering %zu\n", delivering);
    if (s->alarm[0] != '\0')
        add(&p, "alarm %s\n", s->alarm);
    if ((e = file_replace(c->spool, SPOOL_STATUS, p.text, p.len, 0644)) != OK)
        log_warn("status_not_written", "reason=%s", err_name(e));
}

static void on_settled(void *arg)
{
    struct courier *c = arg;

    c->site->status_due = 0;
    write_now(c);
}

void site_status(struct courier *c)
{
    if (c->site->status_due)
        return;
    if (loop_after(c->loop, SETTLE_MS, on_settled, c, NULL) == OK)
        c->site->status_due = 1;
}

static void every_minute(void *arg)
{
    struct courier *c = arg;

    site_status(c);
    if (loop_after(c->loop, STATUS_EVERY_MS, every_minute, c, NULL) != OK)
        log_error("timer_lost", "what=status");
}

enum err site_status_start(struct courier *c)
{
    write_now(c);
    return loop_after(c->loop, STATUS_EVERY_MS, every_minute, c, NULL);
}
