/* SPDX-License-Identifier: Apache-2.0 */
/* serve_swipe: a reader's computer brings a badge; a panel waits for one. */
#include <stdio.h>
#include <string.h>

#include "devicescout/people/badge_text.h"
#include "devicescout/people/device_token.h"
#include "devicescout/web/reply.h"
#include "devicescout/web/routes.h"
#include "devicescout/web/swipes.h"
#include "devicescout/web/web_state.h"

#define BEARER "Bearer "

/* A reader has its own token, which lets it do this alone. */
static int is_reader(const struct request *r, struct roster_device *d)
{
    const char *header = request_header(r, MHD_HTTP_HEADER_AUTHORIZATION);

    return header != NULL && strncmp(header, BEARER, strlen(BEARER)) == 0 && r->web->opts.roster != NULL &&
           device_token_find(r->web->opts.roster, header + strlen(BEARER), d) == OK &&
           strcmp(d->kind, DEVICE_READER) == 0;
}

void serve_swipe(struct request *r)
{
    struct roster_device d;
    const char *badge;

    if (!is_reader(r, &d)) {
        reply_error(r, MHD_HTTP_FORBIDDEN, "no-reader", "This is not a reader of this site.");
        return;
    }
    if (json_unpack_ex(r->json, NULL, JSON_STRICT, "{s:s}", "badge", &badge) != 0 || badge[0] == '\0' ||
        strlen(badge) > BADGE_TEXT_MAX) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "bad-json", "badge is wanted, a text of at most 128 bytes.");
        return;
    }
    swipes_take(r->web, d.printer, badge);
    reply_json(r, MHD_HTTP_OK, json_object());
}

void serve_swipe_wait(struct request *r)
{
    const struct web_opts *o = &r->web->opts;
    const char *printer = r->panel;

    if (printer[0] == '\0') /* no tokens are asked for: the page says where it stands */
        printer = MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, "printer");
    if (printer == NULL || o->printer(o->arg, printer) == NULL) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-printer", "There is no such printer.");
        return;
    }
    snprintf(r->printer, sizeof r->printer, "%s", printer);
    swipes_wait(r);
}
