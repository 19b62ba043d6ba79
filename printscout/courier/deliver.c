/* SPDX-License-Identifier: Apache-2.0 */
/* deliver: what both protocols share: counting, telling, ending. */
#include "printscout/courier/deliver.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

void deliver_sent(struct deliver *d, size_t len)
{
    int first = d->now.sent_bytes == 0 && len > 0;

    d->now.sent_bytes += len;
    d->step(d, first ? STEP_FIRST_BYTE : STEP_PROGRESS);
}

void deliver_reasons(struct deliver *d, const char *reasons)
{
    if (strcmp(d->now.printer_state_reasons, reasons) == 0)
        return;
    snprintf(d->now.printer_state_reasons, sizeof d->now.printer_state_reasons, "%s", reasons);
    d->step(d, STEP_PROGRESS);
}

void deliver_impressions(struct deliver *d, uint32_t impressions)
{
    if (d->now.impressions == impressions)
        return;
    d->now.impressions = impressions;
    d->step(d, STEP_PROGRESS);
}

void deliver_end(struct deliver *d, enum job_event event, enum job_reason reason)
{
    d->outcome.event = event;
    d->outcome.reason = reason;
}

void deliver_break(struct deliver *d, enum job_reason reason)
{
    deliver_end(d, d->now.sent_bytes > 0 ? EV_OUTCOME_LOST : EV_NOT_PRINTED, reason);
}

int deliver_pause(const struct deliver *d, int ms)
{
    struct pollfd p = {.fd = d->stop_fd, .events = POLLIN}; /* poll passes over a negative one */
    int n;

    do
        n = poll(&p, 1, ms);
    while (n < 0 && errno == EINTR);
    return n > 0;
}

int deliver_stopped(const struct deliver *d)
{
    return deliver_pause(d, 0);
}
