/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link_window: which of a peer's last messages were handled, and with what result, so that a repeat is acknowledged
 * again and not handled again.
 */
#ifndef PROTO_LINK_WINDOW_H
#define PROTO_LINK_WINDOW_H

#include "base/hex.h"

#define WINDOW_LEN 1024 /* sequences; a sender never runs more than half of it ahead (LINK_AHEAD_MAX) */

struct window { /* start with {0} */
    uint64_t highest;
    uint32_t tags[WINDOW_LEN]; /* the start of the message's id, by sequence modulo WINDOW_LEN */
    uint8_t results[WINDOW_LEN];
    uint8_t handled[WINDOW_LEN];
};

enum window_look { WINDOW_NEW, WINDOW_HANDLED, WINDOW_PAST };

/*
 * WINDOW_HANDLED: *result is what was kept. WINDOW_PAST: too old to know, or another message had this sequence (its
 * sender was set back to an older state); it is not to be handled. Moves nothing.
 */
enum window_look window_look(const struct window *w, uint64_t sequence, struct id message, enum err *result);

/* A sequence above the highest moves the window. Call for each verified message that is not WINDOW_PAST. */
void window_reach(struct window *w, uint64_t sequence);

/* Keep the result; the sequence is within the window. */
void window_keep(struct window *w, uint64_t sequence, struct id message, enum err result);

#endif
