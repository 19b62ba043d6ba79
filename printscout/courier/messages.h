/* SPDX-License-Identifier: Apache-2.0 */
/* messages: what comes in over the link, and where it goes. The link's three callbacks; arg is the courier. */
#ifndef PRINTSCOUT_COURIER_MESSAGES_H
#define PRINTSCOUT_COURIER_MESSAGES_H

#include "printscout/courier/courier.h"

MUST_USE enum err messages_find_peer(void *arg, const struct message *m, struct link_peer *out);
MUST_USE enum err messages_take(void *arg, const struct message *m, const struct link_peer *from);
void messages_connection(void *arg, const char *relay_url, int up);

#endif
