/* SPDX-License-Identifier: Apache-2.0 */
/* serve_events: which of the two ways of hearing news was asked for. */
#include <stdlib.h>
#include <string.h>

#include "devicescout/web/reply.h"
#include "devicescout/web/routes.h"
#include "devicescout/web/waits.h"
#include "devicescout/web/web_state.h"

#define WAIT_MAX_S 55 /* below what proxies cut off */

void serve_events(struct request *r)
{
    uint64_t wait_s = 0, count = 0;

    if (MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, "wait") == NULL) {
        events_stream(r->web->events, r);
        return;
    }
    if (request_number(r, "wait", 0, WAIT_MAX_S, &wait_s) != OK ||
        request_number(r, "since", 0, UINT32_MAX, &count) != OK) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "bad-number", "wait is at most 55 seconds, since a count.");
        return;
    }
    waits_start(r, count, wait_s * 1000);
}
