/* SPDX-License-Identifier: Apache-2.0 */
/* fake_relay: a relay in memory that drops, doubles and reorders what it carries, and breaks streams. */
#ifndef TESTS_UNIT_FAKE_RELAY_H
#define TESTS_UNIT_FAKE_RELAY_H

#include "proto/link_ops.h"

struct fake_malice { /* one in so many; 0: never */
    unsigned drop, twice, reorder, break_stream;
};

extern const struct link_ops fake_relay_ops;

/* An empty relay that serves every URL. */
void fake_relay_start(const struct fake_malice *malice);
void fake_relay_end(void);

/* From now on nobody reaches it (0), or everybody does again. Streams end. */
void fake_relay_reachable(int yes);
/* Forget all messages, and count cursors from one again. Streams end. */
void fake_relay_lose_all(void);
/* Give a node all again that it was ever given. */
void fake_relay_replay(struct id node);
/* Messages that wait in a node's mailbox, and those that were ever appended. */
size_t fake_relay_waiting(struct id node);
size_t fake_relay_appended(struct id node);

#endif
