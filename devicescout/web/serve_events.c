/* SPDX-License-Identifier: Apache-2.0 */
/* serve_events: which of the two ways of hearing news was asked for. */
#include <stdlib.h>
#include <string.h>

#include "devicescout/web/reply.h"
#include "devicescout/web/routes.h"
#include "devicescout/web/web_state.h"

#define WAIT_MAX_S 55 /* below what proxies cut off */

/* ERR_FORMAT: not a plain number up to max. */
static enum err read_number(const char *text, uint64_t max, uint64_t *out)
{
    uint64_t v = 0;

    if (text[0] == '\0')
        return ERR_FORMAT;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return ERR_FORMAT;
        v = v * 10 + (uint64_t)(*text - '0');
        if (v > max)
            return ERR_FORMAT;
    }
    *out = v;
    return OK;
}

void serve_events(struct request *r)
{
    const char *wait = MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, "wait");
    const char *since = MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, "since");
    uint64_t wait_s = 0, count = 0;

    if (wait == NULL) {
        events_stream(r->web->events, r);
        return;
    }
    if (read_number(wait, WAIT_MAX_S, &wait_s) != OK ||
        (since != NULL && read_number(since, UINT32_MAX, &count) != OK)) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "bad-number", "wait is at most 55 seconds, since a count.");
        return;
    }
    events_wait(r->web->events, r, count, wait_s * 1000);
}
