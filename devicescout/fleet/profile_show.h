/* SPDX-License-Identifier: Apache-2.0 */
/* profile_show: what the site's queues offer, as the bulletin says it, for an administrator who wonders. */
#ifndef FLEET_PROFILE_SHOW_H
#define FLEET_PROFILE_SHOW_H

#include <jansson.h>

#include "proto/bulletin.h"

/* Lines of `devicescout status`. */
void profile_show_print(const struct bulletin *b);

/* {"media", "sides", "color", …}; null: the site has not said it. NULL: memory ran out. */
json_t *profile_show_json(const struct bulletin *b);

#endif
