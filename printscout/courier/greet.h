/* SPDX-License-Identifier: Apache-2.0 */
/* greet: hello to each device scout: our certificate, a fresh key to grant to, and our clock. */
#ifndef PRINTSCOUT_COURIER_GREET_H
#define PRINTSCOUT_COURIER_GREET_H

#include "printscout/courier/courier.h"

/* Renew the key and greet every hour. */
MUST_USE enum err greet_start(struct courier *c);

/* A connection came up: a fresh key, and hello to all. */
void greet_all(struct courier *c);

/* Hello again, with the current key and the clock of now, to device scout number i: its picture of us is stale. */
void greet_again(struct courier *c, size_t i);

#endif
