/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hellos: the latest hello of each node, and when it came. A grant is wrapped to the hello's key, and its deadline is
 * on the courier's clock: its boot time in the hello, plus the time that has passed here since. Both ends count on
 * CLOCK_BOOTTIME, so holding a message back only shortens what is left.
 *
 * A hello that was seen before never becomes new: shown again while it is the latest, it keeps the time at which it
 * first came; shown after a later one it is refused. A hello with an earlier boot time is not stale in itself: the
 * courier's machine may have been restarted.
 */
#ifndef KEYHOLDER_HELLOS_H
#define KEYHOLDER_HELLOS_H

#include "proto/hello.h"
#include "proto/order.h"

/* Couriers say hello on every connection and once an hour; one may go missing. Older keys are no longer held. */
#define HELLO_FRESH_MS (UINT64_C(2) * 60 * 60 * 1000 + 300000)

#define HELLOS_FILE "hellos"

struct hellos; /* opaque */

struct hello_seen {
    struct id node;
    uint8_t hello_public[KEY_LEN];
    uint64_t boot_ms;      /* on the courier's clock, when it was sent */
    uint64_t came_boot_ms; /* on ours, when it came */
    uint16_t serial;       /* of the certificate in it */
};

/*
 *   dirfd   where the file "hellos" is kept, so that a restart of the keyholder loses none; it is not synced, for a
 *           reboot of the machine makes it worthless
 */
MUST_USE enum err hellos_new(int dirfd, struct hellos **out);
void hellos_free(struct hellos *h);

/* Take a checked hello. ERR_STALE: a later one of its node was shown before; ERR_NOMEM; ERR_FULL. */
MUST_USE enum err hellos_take(struct hellos *h, const struct hello *hello, uint64_t now_boot_ms);

/*
 * The node itself says, in the signed refusal of an order, that another key is its current one: its hello is dropped,
 * and nothing is granted to it before it says a new one. The key alone would not do. The clock goes with it: after a
 * restart of its machine the old clock is ahead of the new one, and a relay that kept the next order back could
 * deliver it when nobody stands at the printer any more. ERR_NOTFOUND: no hello yet.
 */
MUST_USE enum err hellos_drop_other(struct hellos *h, struct id node, const uint8_t current[static KEY_LEN]);

/* ERR_STALE: none was shown, or it is too old for the courier to hold its key still. */
MUST_USE enum err hellos_find(const struct hellos *h, struct id node, uint64_t now_boot_ms, struct hello_seen *out);

/* The latest instant on the courier's clock at which a delivery ordered now may start. */
uint64_t hello_deadline(const struct hello_seen *s, uint64_t now_boot_ms);

#endif
