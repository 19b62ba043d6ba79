/* SPDX-License-Identifier: Apache-2.0 */
/* device: a panel proves itself by its token, which came with `devicescout panel add` and lives in a cookie of its own.
 */
#ifndef DEVICESCOUT_WEB_DEVICE_H
#define DEVICESCOUT_WEB_DEVICE_H

#include "devicescout/web/request.h"

/* Does the request come from a panel that has a token? Notes the token's printer and hash in r. */
int device_is_known(struct request *r);

/* May somebody at this panel sign in at that printer? A panel without a token may at any. */
int device_stands_at(const struct request *r, const char *printer);

#endif
