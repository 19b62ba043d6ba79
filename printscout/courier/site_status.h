/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site_status: site/status, what `printscout status` and the queue's pages say of the courier: lines "key value".
 *   updated UNIX_MS · site ID · node ID · bulletin VERSION · relay URL up|down · jobs NUMBER · delivering NUMBER ·
 *   alarm SENTENCE
 */
#ifndef PRINTSCOUT_COURIER_SITE_STATUS_H
#define PRINTSCOUT_COURIER_SITE_STATUS_H

#include "printscout/courier/site.h"

#define STATUS_EVERY_MS 60000 /* whoever reads a status that is twice as old takes the courier for stopped */

/* Begin to write it: now, soon after each change, and once a minute. */
MUST_USE enum err site_status_start(struct courier *c);

#endif
