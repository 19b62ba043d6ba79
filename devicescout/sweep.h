/* SPDX-License-Identifier: Apache-2.0 */
/* sweep: jobs that nobody ends: past the site's retention, printed and still on a screen, of a node that was revoked.
 */
#ifndef DEVICESCOUT_SWEEP_H
#define DEVICESCOUT_SWEEP_H

#include "devicescout/scout.h"

/* From now on, every half minute. */
MUST_USE enum err sweep_start(struct scout *s);
/* The bulletin may name more revoked nodes: what they put into people's lists goes. */
void sweep_revoked(struct scout *s);

#endif
