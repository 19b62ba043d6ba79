/* SPDX-License-Identifier: Apache-2.0 */
/* site_publish: put the bulletin and the doors on every relay. Runs on the link's sender threads. */
#ifndef DEVICESCOUT_SITE_PUBLISH_H
#define DEVICESCOUT_SITE_PUBLISH_H

#include <stdatomic.h>

#include "proto/link.h"

struct door {
    uint8_t door[DOOR_LEN];
    uint64_t expires_unix_ms;
    uint32_t uses_left; /* 0: to be closed */
};

struct publication {
    const uint8_t *bulletin;
    size_t bulletin_len;
    const struct door *doors;
    size_t doors_len;
    atomic_int *failed; /* set to 1 when a relay did not take all; outlives the link */
};

/* Copies what it needs. */
MUST_USE enum err site_publish(struct link *link, const struct publication *p);

#endif
