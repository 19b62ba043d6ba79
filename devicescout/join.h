/* SPDX-License-Identifier: Apache-2.0 */
/* join: a new node asks to belong to the site; the keyholder decides, and the answer goes through the door on every
 * relay. (devicescout's side of proto/join.h) */
#ifndef DEVICESCOUT_JOIN_H
#define DEVICESCOUT_JOIN_H

#include "devicescout/scout.h"

/* A join request whose message was signed by the key that it names. */
MUST_USE enum err join_take(struct scout *s, const struct message *m, const struct link_peer *from);

#endif
