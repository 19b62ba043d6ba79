/* SPDX-License-Identifier: Apache-2.0 */
/* device_token: what a panel or a reader proves itself by: 32 random bytes, shown once; the roster keeps their hash. */
#ifndef DEVICESCOUT_PEOPLE_DEVICE_TOKEN_H
#define DEVICESCOUT_PEOPLE_DEVICE_TOKEN_H

#include "devicescout/people/roster.h"

#define DEVICE_PANEL      "panel"
#define DEVICE_READER     "reader"
#define DEVICE_TOKEN_LEN  32
#define DEVICE_TOKEN_SIZE (2 * DEVICE_TOKEN_LEN + 1) /* as hex */
#define DEVICE_NAME_LEN   8 /* bytes of a token's hash that name it: enough for a few thousand, short enough to type */
#define DEVICE_NAME_SIZE  (2 * DEVICE_NAME_LEN + 1)

/* What lists call it. */
void device_name(const struct roster_device *d, char out[static DEVICE_NAME_SIZE]);

/* The one that is called so. ERR_NOTFOUND. */
MUST_USE enum err device_named(struct roster *r, const char *name, struct roster_device *out);

/* Make one; d's hash is set and kept with the rest of it. */
MUST_USE enum err device_token_new(struct roster *r, struct roster_device *d, char token[static DEVICE_TOKEN_SIZE]);
/* ERR_NOTFOUND: nobody's. Found by its hash, so the time it takes tells nothing of a token. */
MUST_USE enum err device_token_find(struct roster *r, const char *token, struct roster_device *out);

#endif
