/* SPDX-License-Identifier: Apache-2.0 */
/* pins_state: what pins.c and pins_file.c share. Nobody else includes it. */
#ifndef KEYHOLDER_PINS_STATE_H
#define KEYHOLDER_PINS_STATE_H

#include "devicescout/keyholder/idmap.h"
#include "devicescout/keyholder/pins.h"

struct pin_slot {
    struct id person;
    uint8_t is_set, failures;
    uint8_t salt[PIN_SALT_LEN], verifier[PIN_VERIFIER_LEN];
    uint64_t open_boot_ms; /* no try before this */
};

struct pins {
    const uint8_t *pepper;
    int fd, broken;
    struct idmap by_person;
    struct pin_slot *slots;
    size_t len, size;
};

/* How long the next try waits after so many wrong ones. */
uint64_t pins_delay_after(uint8_t failures);

/* pins_file.c */
MUST_USE enum err pins_load(struct pins *p, uint64_t now_boot_ms);
/* Room for one slot more. ERR_FULL, ERR_NOMEM. */
MUST_USE enum err pins_grow(struct pins *p);
/*
 * Make a slot last, then take it into memory. A sync that failed is never tried again: until a restart has read what is
 * there, nothing can be counted, so nothing is evaluated.
 */
MUST_USE enum err pins_keep(struct pins *p, size_t place, const struct pin_slot *s);

#endif
