/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign_outs: what a person or an administrator takes away (a panel's token, a badge, a PIN) ends the sessions that
 * stand on it, at once, and not only at the next sign-in.
 */
#ifndef DEVICESCOUT_SIGN_OUTS_H
#define DEVICESCOUT_SIGN_OUTS_H

#include "devicescout/scout.h"

/* Watch the roster for what commands change beside this process. */
MUST_USE enum err sign_outs_start(struct scout *s);

#endif
