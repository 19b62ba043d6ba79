/* SPDX-License-Identifier: Apache-2.0 */
/* routes: see routes.h. */
#include "relay/routes.h"

#include <string.h>

#include "proto/bulletin.h"

#define SESSION_BODY_LEN 276
#define DOOR_BODY_LEN    12
#define SEGMENT_MAX      64

static const struct route routes[] = {
    {"GET", "/health", NEED_NOTHING, 0, serve_health},
    {"GET", "/metrics", NEED_NEARBY, 0, serve_metrics},
    {"GET", "/v1/nonce", NEED_NOTHING, 0, serve_nonce},
    {"POST", "/v1/session", NEED_NOTHING, SESSION_BODY_LEN, serve_session},
    {"GET", "/v1/sites/{site}/bulletin", NEED_NOTHING, 0, serve_bulletin},
    {"PUT", "/v1/sites/{site}/bulletin", NEED_DEVICESCOUT, BULLETIN_MAX_LEN, serve_new_bulletin},
    {"POST", "/v1/mailboxes/{node}/{message}", NEED_SESSION, MESSAGE_MAX_LEN, serve_append},
    {"GET", "/v1/mailbox/events", NEED_SESSION, 0, serve_events},
    {"GET", "/v1/mailbox", NEED_SESSION, 0, serve_read},
    {"DELETE", "/v1/mailbox", NEED_SESSION, 0, serve_acknowledge},
    {"PUT", "/v1/doors/{door}", NEED_DEVICESCOUT, DOOR_BODY_LEN, serve_open_door},
    {"DELETE", "/v1/doors/{door}", NEED_DEVICESCOUT, 0, serve_close_door},
    {"PUT", "/v1/doors/{door}/answers/{message}", NEED_DEVICESCOUT, DOOR_MESSAGE_MAX_LEN, serve_new_answer},
    {"POST", "/v1/sites/{site}/doors/{door}/{node}/{message}", NEED_DOOR, DOOR_MESSAGE_MAX_LEN, serve_knock},
    {"GET", "/v1/sites/{site}/doors/{door}/answers/{message}", NEED_DOOR, 0, serve_answer},
};

/* A segment of the URL against the name in braces of the pattern. */
static enum err take_id(const char *name, const char *segment, size_t len, struct path *path)
{
    char hex[SEGMENT_MAX + 1];

    if (len > SEGMENT_MAX)
        return ERR_FORMAT;
    memcpy(hex, segment, len);
    hex[len] = '\0';
    switch (name[1]) {
    case 's':
        return id_read(hex, &path->site);
    case 'n':
        return id_read(hex, &path->node);
    case 'm':
        return id_read(hex, &path->message);
    default:
        return hex_read(hex, path->door, sizeof path->door);
    }
}

static enum err match(const char *pattern, const char *url, struct path *path)
{
    for (;;) {
        size_t plen, ulen;
        enum err e;

        if (*pattern != *url)
            return ERR_NOTFOUND;
        if (*pattern == '\0')
            return OK;
        pattern++; /* both stand on a slash */
        url++;
        plen = strcspn(pattern, "/");
        ulen = strcspn(url, "/");
        if (*pattern == '{') {
            if ((e = take_id(pattern, url, ulen, path)) != OK)
                return e;
        } else if (plen != ulen || memcmp(pattern, url, plen) != 0) {
            return ERR_NOTFOUND;
        }
        pattern += plen;
        url += ulen;
    }
}

enum err routes_find(const char *method, const char *url, const struct route **out, struct path *path)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        *path = (struct path){0};
        if (strcmp(routes[i].method, method) == 0 && match(routes[i].pattern, url, path) == OK) {
            *out = &routes[i];
            return OK;
        }
    }
    return ERR_NOTFOUND;
}

int route_has_site(const struct route *route)
{
    return strstr(route->pattern, "{site}") != NULL;
}
