/* SPDX-License-Identifier: Apache-2.0 */
/*
 * closing: the end of a job. The keyholder closes its id for ever, and the origin is told, signed, until it has
 * acknowledged, so that a computer that was off erases what is left. On the loop's thread.
 */
#ifndef DEVICESCOUT_JOBS_CLOSING_H
#define DEVICESCOUT_JOBS_CLOSING_H

#include "base/loop.h"
#include "devicescout/jobs/store.h"
#include "proto/closed.h"
#include "proto/link.h"
#include "proto/order.h"

#define CLOSING_MAX 20000 /* then the oldest is forgotten; it heals when its origin lists the job again */

struct closing;

struct closing_want {
    struct id job, node;
    uint8_t reason; /* enum close_reason */
    char person[PERSON_SIZE];
    uint8_t report[REPORT_MAX_LEN]; /* the courier's last, or none */
    size_t report_len;
};

struct closing_opts {
    struct loop *loop;
    struct store *store; /* may be NULL */
    /* Ask the keyholder; record receives CLOSED_LEN bytes. ERR_UNREACHABLE, ERR_TIMEOUT: asked again later. */
    enum err (*close)(void *arg, const struct closing_want *want, uint8_t record[static CLOSED_LEN]);
    /* Send until acknowledged; then on_ack(closing's own arg). ERR_NOTFOUND: the node's keys are not known yet. */
    enum err (*send)(void *arg, struct id node, const uint8_t record[static CLOSED_LEN], link_ack_fn *on_ack,
                     void *ack_arg, struct id *message);
    void (*cancel)(void *arg, struct id message);
    void *arg;
    uint64_t retry_ms; /* for a keyholder that did not answer */
};

MUST_USE enum err closing_new(const struct closing_opts *opts, struct closing **out);
void closing_free(struct closing *c);

/* Close a job. An id that is being closed already is left alone. ERR_NOMEM. */
MUST_USE enum err closing_start(struct closing *c, const struct closing_want *want);

/* From the store, at start: the record is there, the origin has not acknowledged. */
void closing_restore(struct closing *c, struct id job, struct id node, const uint8_t record[static CLOSED_LEN]);

/* Has it been closed, and not all was told yet? */
int closing_has(const struct closing *c, struct id job);

/* The node's keys are known, or it said hello: send what waits for it. */
void closing_node_up(struct closing *c, struct id node);

/* The node was revoked: it is told nothing any more. What the keyholder has yet to close is still closed. */
void closing_node_gone(struct closing *c, struct id node);

size_t closing_count(const struct closing *c);

#endif
