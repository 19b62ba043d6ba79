/* SPDX-License-Identifier: Apache-2.0 */
/* inbox: what comes over the link, message by message, and whose keys it is checked with. The callbacks of
 * proto/link.h; arg is the scout. */
#ifndef DEVICESCOUT_INBOX_H
#define DEVICESCOUT_INBOX_H

#include "devicescout/scout.h"

MUST_USE enum err inbox_find_peer(void *scout, const struct message *m, struct link_peer *out);
MUST_USE enum err inbox_on_message(void *scout, const struct message *m, const struct link_peer *from);
void inbox_on_connection(void *scout, const char *relay_url, int up);

#endif
