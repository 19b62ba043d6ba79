/* SPDX-License-Identifier: Apache-2.0 */
/* routes: the table, and what every request must show before a handler sees it. */
#include "devicescout/web/routes.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "devicescout/web/device.h"
#include "devicescout/web/reply.h"
#include "devicescout/web/web_state.h"

static const struct route table[] = {
    {"GET", "/panel/*", ROUTE_ANYBODY, serve_panel},
    {"GET", "/static/*", ROUTE_ANYBODY, serve_static},
    {"GET", "/api/v1/printer/*", 0, serve_printer},
    {"POST", "/api/v1/session", ROUTE_CHANGES | ROUTE_BODY, serve_sign_in},
    {"PUT", "/api/v1/session", ROUTE_SIGNED_IN | ROUTE_CHANGES | ROUTE_TOUCH, serve_still_here},
    {"DELETE", "/api/v1/session", ROUTE_CHANGES, serve_sign_out},
    {"POST", "/api/v1/panel", ROUTE_ANYBODY | ROUTE_CHANGES | ROUTE_BODY, serve_device},
    /* A reader is no page: its token is in a header, which no other site's page can send along. */
    {"POST", "/api/v1/swipe", ROUTE_ANYBODY | ROUTE_BODY, serve_swipe},
    {"GET", "/api/v1/swipe", 0, serve_swipe_wait},
    {"GET", "/api/v1/authorization", ROUTE_SIGNED_IN, serve_authorization},
    {"GET", "/api/v1/badges", ROUTE_SIGNED_IN, serve_badges},
    /* A question, but with a person's name, which is to stand in no address and no log of one. */
    {"POST", "/api/v1/badges", ROUTE_ADMIN | ROUTE_CHANGES | ROUTE_BODY | ROUTE_TOUCH, serve_badges_of},
    {"DELETE", "/api/v1/badges/*", ROUTE_SIGNED_IN | ROUTE_CHANGES | ROUTE_TOUCH, serve_badge_delete},
    {"PUT", "/api/v1/pin", ROUTE_SIGNED_IN | ROUTE_CHANGES | ROUTE_BODY | ROUTE_TOUCH, serve_pin},
    {"GET", "/api/v1/accessories", ROUTE_ADMIN, serve_accessories},
    {"POST", "/api/v1/accessories", ROUTE_ADMIN | ROUTE_CHANGES | ROUTE_BODY | ROUTE_TOUCH, serve_accessory_add},
    {"DELETE", "/api/v1/accessories/*", ROUTE_ADMIN | ROUTE_CHANGES | ROUTE_TOUCH, serve_accessory_remove},
    {"GET", "/api/v1/statistics", ROUTE_ADMIN, serve_statistics},
    {"GET", "/api/v1/delegates", ROUTE_SIGNED_IN, serve_delegates},
    {"POST", "/api/v1/delegates", ROUTE_SIGNED_IN | ROUTE_CHANGES | ROUTE_BODY | ROUTE_TOUCH, serve_delegate_add},
    {"DELETE", "/api/v1/delegates/*", ROUTE_SIGNED_IN | ROUTE_CHANGES | ROUTE_TOUCH, serve_delegate_end},
    {"GET", "/api/v1/jobs", ROUTE_SIGNED_IN | ROUTE_LIST, serve_jobs},
    {"DELETE", "/api/v1/jobs/*", ROUTE_SIGNED_IN | ROUTE_CHANGES | ROUTE_TOUCH, serve_delete},
    {"POST", "/api/v1/release", ROUTE_SIGNED_IN | ROUTE_CHANGES | ROUTE_BODY | ROUTE_TOUCH, serve_release},
    {"POST", "/api/v1/withdraw", ROUTE_SIGNED_IN | ROUTE_CHANGES | ROUTE_BODY | ROUTE_TOUCH, serve_withdraw},
    {"GET", "/api/v1/events", ROUTE_SIGNED_IN | ROUTE_LIST, serve_events},
};

static int is_name(const char *text)
{
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    return len > 0 && len < ROUTE_PARAMETER_SIZE && text[len] == '\0';
}

static int matches(const struct route *route, const char *path, char parameter[static ROUTE_PARAMETER_SIZE])
{
    size_t fixed = strlen(route->path) - 1;

    if (route->path[fixed] != '*')
        return strcmp(route->path, path) == 0;
    if (strncmp(route->path, path, fixed) != 0 || !is_name(path + fixed))
        return 0;
    strcpy(parameter, path + fixed);
    return 1;
}

enum err routes_find(const char *method, const char *path, const struct route **out,
                     char parameter[static ROUTE_PARAMETER_SIZE])
{
    enum err e = ERR_NOTFOUND;

    parameter[0] = '\0';
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (!matches(&table[i], path, parameter))
            continue;
        if (strcmp(table[i].method, method) == 0) {
            *out = &table[i];
            return OK;
        }
        e = ERR_UNSUPPORTED;
    }
    return e;
}

/* "https://" and our Host. A page of any other origin has another value here, and cannot choose it. */
static int is_same_origin(const struct request *r, const char *origin)
{
    const char *host = request_header(r, MHD_HTTP_HEADER_HOST);

    return host != NULL && strncmp(origin, "https://", 8) == 0 && strcasecmp(origin + 8, host) == 0;
}

static int is_json(const char *type)
{
    size_t len = strlen("application/json");

    return type != NULL && strncasecmp(type, "application/json", len) == 0 && (type[len] == '\0' || type[len] == ';');
}

/* Another site's page can make a browser send our cookie at most; it cannot make it send the mark. */
static int comes_from_our_page(struct request *r)
{
    const char *mark = request_header(r, "X-Latchkey");
    const char *origin = request_header(r, "Origin");
    const char *fetch = request_header(r, "Sec-Fetch-Site");

    if (mark == NULL || strcmp(mark, "1") != 0 || (origin != NULL && !is_same_origin(r, origin)) ||
        (fetch != NULL && strcmp(fetch, "same-origin") != 0)) {
        reply_error(r, MHD_HTTP_FORBIDDEN, "not-our-page", "This request did not come from the panel's own page.");
        return 0;
    }
    if ((r->route->flags & ROUTE_BODY) && !is_json(request_header(r, MHD_HTTP_HEADER_CONTENT_TYPE))) {
        reply_error(r, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "not-json", "The content type must be application/json.");
        return 0;
    }
    return 1;
}

/* A found badge and a PIN that was seen are not enough to hand out panels. */
static int is_administrator(struct request *r)
{
    if (!r->session->may_administer) {
        reply_error(r, MHD_HTTP_FORBIDDEN, "not-an-administrator", "Only administrators may do that.");
        return 0;
    }
    if (r->session->authentication != BY_PASSWORD) {
        reply_error(r, MHD_HTTP_FORBIDDEN, "password-wanted", "Please sign in with your password to do that.");
        return 0;
    }
    return 1;
}

int routes_admit(struct request *r)
{
    const unsigned flags = r->route->flags;
    const char *token = MHD_lookup_connection_value(r->connection, MHD_COOKIE_KIND, COOKIE_NAME);

    if ((flags & ROUTE_CHANGES) && !comes_from_our_page(r))
        return 0;
    if (!(flags & ROUTE_ANYBODY) && r->web->opts.panel_token_required && !device_is_known(r)) {
        reply_error(r, MHD_HTTP_FORBIDDEN, "no-panel", "This is not a panel of this site.");
        return 0;
    }
    if (token != NULL)
        r->session =
            sessions_find(r->web->opts.sessions, token, r->address, clock_boot_ms(), (flags & ROUTE_TOUCH) != 0);
    if (r->session != NULL && memcmp(r->session->panel, r->panel_hash, sizeof r->panel_hash) != 0)
        r->session = NULL; /* two panels behind one address are still two */
    if ((flags & (ROUTE_SIGNED_IN | ROUTE_ADMIN)) && r->session == NULL) {
        reply_error(r, MHD_HTTP_UNAUTHORIZED, "signed-out", "Please sign in.");
        return 0;
    }
    return !(flags & ROUTE_ADMIN) || is_administrator(r);
}
