/* SPDX-License-Identifier: Apache-2.0 */
/* orders: a release comes in. It is obeyed once, refused with a signed reason, or answered as it was before. */
#ifndef PRINTSCOUT_COURIER_ORDERS_H
#define PRINTSCOUT_COURIER_ORDERS_H

#include "printscout/courier/courier.h"

/*
 * An order record from device scout number i.
 * Errors: ERR_AUTH, ERR_FORMAT … it is not the site's word, and gets no answer; ERR_STATE the courier is stopping.
 * What the site did sign is OK, also when it is refused.
 */
MUST_USE enum err orders_take(struct courier *c, size_t i, const uint8_t *bytes, size_t len, uint64_t received_us);

#endif
