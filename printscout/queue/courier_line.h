/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier_line: the socket on which this node's courier takes questions and brings answers, and which carries nothing
 * else. It stands in the spool; the kernel says who connects, and only the courier's account is listened to. All calls
 * and callbacks on the loop's thread. proto/question.h says what the packets are.
 */
#ifndef QUEUE_COURIER_LINE_H
#define QUEUE_COURIER_LINE_H

#include "base/hex.h"
#include "base/loop.h"

struct courier_line; /* opaque */

struct courier_line_opts {
    struct loop *loop;
    int spool; /* used as long as the object lives */
    /* What the courier says of a question: OK and the answer's record, which nobody has checked, or why there is none.
     */
    void (*on_answer)(void *arg, struct id question, enum err result, const uint8_t *record, size_t len);
    void (*on_lost)(void *arg); /* the courier is gone, and with it all that was asked */
    void *arg;
};

/* ERR_IO with errno; ERR_NOMEM. */
MUST_USE enum err courier_line_new(const struct courier_line_opts *opts, struct courier_line **out);
void courier_line_free(struct courier_line *l); /* NULL is fine */

/* One packet. ERR_UNREACHABLE: no courier is there, or it does not listen. */
MUST_USE enum err courier_line_send(struct courier_line *l, const uint8_t *packet, size_t len);

#endif
