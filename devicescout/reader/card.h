/* SPDX-License-Identifier: Apache-2.0 */
/* card: wait for a card on any PC/SC reader and read its UID. */
#ifndef DEVICESCOUT_READER_CARD_H
#define DEVICESCOUT_READER_CARD_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CARD_UID_MAX 32

struct cards; /* opaque; the connection to pcscd */

/* ERR_UNREACHABLE: pcscd does not run. */
MUST_USE enum err cards_open(struct cards **out);
void cards_close(struct cards *c);

/*
 * Wait for the next card. Each tap is told once, however long the card stays.
 * Errors: ERR_TIMEOUT none came within wait_ms, or one that would not tell its UID; ERR_UNREACHABLE pcscd is gone.
 */
MUST_USE enum err cards_next(struct cards *c, unsigned wait_ms, uint8_t uid[static CARD_UID_MAX], size_t *len);

#endif
