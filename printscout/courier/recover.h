/* SPDX-License-Identifier: Apache-2.0 */
/* recover: after a start, what the last run left behind: orders without an answer, answers without an acknowledgement.
 */
#ifndef PRINTSCOUT_COURIER_RECOVER_H
#define PRINTSCOUT_COURIER_RECOVER_H

#include "printscout/courier/courier.h"

/* After watch_start, before an order can come. */
void recover(struct courier *c);

#endif
