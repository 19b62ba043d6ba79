/* SPDX-License-Identifier: Apache-2.0 */
/*
 * badge_text: from what a reader types to a card's id. Readers of one site are set up in many ways; these settings
 * bring them to the same bytes. Only a MAC of the bytes is kept.
 */
#ifndef DEVICESCOUT_PEOPLE_BADGE_TEXT_H
#define DEVICESCOUT_PEOPLE_BADGE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define BADGE_TEXT_MAX 128 /* characters of a swipe */
#define BADGE_ID_MAX   32  /* bytes of a card's id */

enum badge_format {
    BADGE_HEX,     /* 04A1B2C3, 04:a1:b2:c3 */
    BADGE_DECIMAL, /* 0077705923: one number */
    BADGE_FACILITY /* 123,45678: facility code and card number, one byte and two, as on Wiegand's 26 wires */
};

struct badge_rules {
    enum badge_format format;
    int reversed;      /* the last byte first */
    size_t skip_bytes; /* left out at the front, after reversing */
    size_t length; /* bytes: more are cut off at the end, fewer are filled up with zeros in front; 0: as they come */
    int facility_code; /* BADGE_DECIMAL: a number without one gets this in front, as one byte; -1: none */
};

/* "hex", "decimal", "facility". ERR_FORMAT. */
MUST_USE enum err badge_format_read(const char *name, enum badge_format *out);

/*
 * What a swipe turns into. Start and end sentinels of magnetic cards (; % ?) and white space around it are left out.
 * Errors: ERR_FORMAT not what the rules expect; ERR_LIMIT too long. Nothing of an id that is all zeros is taken: broken
 * readers say that (ERR_FORMAT).
 */
MUST_USE enum err badge_text_read(const struct badge_rules *rules, const char *text, uint8_t out[static BADGE_ID_MAX],
                                  size_t *len);

#endif
