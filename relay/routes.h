/* SPDX-License-Identifier: Apache-2.0 */
/* routes: every route of API.md in one table, with who may use it. What is not in the table does not exist. */
#ifndef RELAY_ROUTES_H
#define RELAY_ROUTES_H

#include "relay/request.h"

enum route_need {
    NEED_NOTHING,
    NEED_SESSION,     /* Authorization: Bearer, a session's token */
    NEED_DEVICESCOUT, /* the same, of a node whose certificate says device scout */
    NEED_DOOR,        /* Authorization: Bearer, the token whose hash is the door in the path */
    NEED_NEARBY,      /* a client on this machine, or anybody where the settings say so */
};

typedef enum MHD_Result route_fn(struct request *r);

struct route {
    const char *method;
    const char *pattern; /* segments in braces are ids: site, node, message (32 hex digits), door (64) */
    enum route_need need;
    size_t body_max; /* 0: no body */
    route_fn *serve; /* called once the body is whole; again after each wait */
};

/* ERR_NOTFOUND: no such route. */
MUST_USE enum err routes_find(const char *method, const char *url, const struct route **out, struct path *path);

/* Does this route's path name a site? */
int route_has_site(const struct route *route);

/* serve_site.c */
enum MHD_Result serve_nonce(struct request *r);
enum MHD_Result serve_session(struct request *r);
enum MHD_Result serve_bulletin(struct request *r);
enum MHD_Result serve_new_bulletin(struct request *r);
/* serve_mailbox.c */
enum MHD_Result serve_append(struct request *r);
enum MHD_Result serve_read(struct request *r);
enum MHD_Result serve_acknowledge(struct request *r);
/* serve_events.c */
enum MHD_Result serve_events(struct request *r);
/* serve_door.c */
enum MHD_Result serve_open_door(struct request *r);
enum MHD_Result serve_close_door(struct request *r);
enum MHD_Result serve_new_answer(struct request *r);
enum MHD_Result serve_knock(struct request *r);
enum MHD_Result serve_answer(struct request *r);
/* serve_health.c */
enum MHD_Result serve_health(struct request *r);
enum MHD_Result serve_metrics(struct request *r);

#endif
