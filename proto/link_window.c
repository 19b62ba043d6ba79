/* SPDX-License-Identifier: Apache-2.0 */
/* link_window: a ring over the last WINDOW_LEN sequences. */
#include "proto/link_window.h"

#include <string.h>

static uint32_t tag_of(struct id message)
{
    uint32_t tag;

    memcpy(&tag, message.b, sizeof tag);
    return tag;
}

enum window_look window_look(const struct window *w, uint64_t sequence, struct id message, enum err *result)
{
    size_t at = sequence % WINDOW_LEN;

    if (sequence > w->highest)
        return WINDOW_NEW;
    if (w->highest - sequence >= WINDOW_LEN)
        return WINDOW_PAST;
    if (!w->handled[at])
        return WINDOW_NEW;
    if (w->tags[at] != tag_of(message))
        return WINDOW_PAST;
    *result = (enum err)w->results[at];
    return WINDOW_HANDLED;
}

void window_reach(struct window *w, uint64_t sequence)
{
    if (sequence <= w->highest)
        return;
    if (sequence - w->highest >= WINDOW_LEN) {
        memset(w->handled, 0, sizeof w->handled);
    } else {
        for (uint64_t s = w->highest + 1; s <= sequence; s++)
            w->handled[s % WINDOW_LEN] = 0;
    }
    w->highest = sequence;
}

void window_keep(struct window *w, uint64_t sequence, struct id message, enum err result)
{
    size_t at = sequence % WINDOW_LEN;

    w->handled[at] = 1;
    w->tags[at] = tag_of(message);
    w->results[at] = (uint8_t)result;
}
