/* SPDX-License-Identifier: Apache-2.0 */
/* serve_device: the token that a panel shows once becomes a cookie that its page cannot read. */
#include <stdio.h>
#include <string.h>

#include "devicescout/people/device_token.h"
#include "devicescout/web/device.h"
#include "devicescout/web/reply.h"
#include "devicescout/web/routes.h"
#include "devicescout/web/web_state.h"

/* Ten years: a panel is set up once. Withdrawing the token ends it at once. */
#define COOKIE_RULES "Path=/api; Secure; HttpOnly; SameSite=Strict; Max-Age=315360000"

static enum err find(const struct request *r, const char *token, struct roster_device *out)
{
    struct roster *roster = r->web->opts.roster;
    enum err e = ERR_NOTFOUND;

    if (roster != NULL)
        e = device_token_find(roster, token, out);
    return e == OK && strcmp(out->kind, DEVICE_PANEL) != 0 ? ERR_NOTFOUND : e;
}

int device_is_known(struct request *r)
{
    const char *token = MHD_lookup_connection_value(r->connection, MHD_COOKIE_KIND, PANEL_COOKIE_NAME);
    struct roster_device d;

    if (token == NULL || find(r, token, &d) != OK)
        return 0;
    snprintf(r->panel, sizeof r->panel, "%s", d.printer);
    memcpy(r->panel_hash, d.hash, sizeof r->panel_hash);
    return 1;
}

int device_stands_at(const struct request *r, const char *printer)
{
    return r->panel[0] == '\0' || strcmp(r->panel, printer) == 0;
}

void serve_device(struct request *r)
{
    char cookie[DEVICE_TOKEN_SIZE + 160];
    struct roster_device d;
    const char *token;

    if (json_unpack_ex(r->json, NULL, JSON_STRICT, "{s:s}", "token", &token) != 0) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "bad-json", "token is wanted, a text.");
        return;
    }
    if (find(r, token, &d) != OK) {
        reply_error(r, MHD_HTTP_FORBIDDEN, "no-panel", "This is not a panel of this site.");
        return;
    }
    reply_json(r, MHD_HTTP_OK, json_pack("{s:s}", "printer", d.printer));
    snprintf(cookie, sizeof cookie, PANEL_COOKIE_NAME "=%s; " COOKIE_RULES, token);
    reply_header(r, MHD_HTTP_HEADER_SET_COOKIE, cookie);
}
