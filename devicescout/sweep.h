/* SPDX-License-Identifier: Apache-2.0 */
/* sweep: what only time ends: jobs past the site's retention, and printed ones that a screen still shows. */
#ifndef DEVICESCOUT_SWEEP_H
#define DEVICESCOUT_SWEEP_H

#include "devicescout/scout.h"

/* From now on, every half minute. */
MUST_USE enum err sweep_start(struct scout *s);

#endif
