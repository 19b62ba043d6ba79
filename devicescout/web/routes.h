/* SPDX-License-Identifier: Apache-2.0 */
/* routes: all that can be asked of the server, in one table; what is not in it is refused. And the handlers. */
#ifndef DEVICESCOUT_WEB_ROUTES_H
#define DEVICESCOUT_WEB_ROUTES_H

#include "devicescout/web/request.h"
#include "devicescout/web/web.h"

enum route_flag {
    ROUTE_SIGNED_IN = 1, /* refused without a session */
    ROUTE_CHANGES = 2,   /* changes something: refused unless our own page asks (X-Latchkey, JSON, same origin) */
    ROUTE_BODY = 4,      /* has a JSON body */
    ROUTE_ANYBODY = 16,  /* answered to who is no panel */
    ROUTE_ADMIN = 32,    /* refused to who is no administrator, or has not typed the password */
    ROUTE_LIST = 64,     /* the answer holds a person's jobs: few at once */
    ROUTE_TOUCH = 8      /* a person did this: the session goes on */
};

struct route {
    const char *method;
    const char *path; /* a last segment of * stands for one name */
    unsigned flags;
    void (*serve)(struct request *r);
};

/*
 * Find who serves this.
 *   parameter   receives what * stands for
 * Errors: ERR_NOTFOUND no such path; ERR_UNSUPPORTED the path has other methods.
 */
MUST_USE enum err routes_find(const char *method, const char *path, const struct route **out,
                              char parameter[static ROUTE_PARAMETER_SIZE]);

/*
 * May it be served? Looks at headers and session; sets the answer when it may not.
 * Returns 1 when it may.
 */
int routes_admit(struct request *r);

/* serve_pages.c */
void serve_panel(struct request *r);
void serve_static(struct request *r);
/* serve_authorization.c */
json_t *authorization_json(const struct web_opts *o, const struct session *s); /* what they may do now */
void serve_authorization(struct request *r);
/* serve_statistics.c */
void serve_statistics(struct request *r);
/* serve_accessories.c */
void serve_accessories(struct request *r);
void serve_accessory_add(struct request *r);
void serve_accessory_remove(struct request *r);
/* serve_session.c */
void serve_sign_in(struct request *r);
void serve_sign_out(struct request *r);
void serve_still_here(struct request *r);
/* serve_people.c */
void serve_badges(struct request *r);
void serve_badges_of(struct request *r);
void serve_badge_delete(struct request *r);
void serve_pin(struct request *r);
/* serve_delegates.c */
void serve_delegates(struct request *r);
void serve_delegate_add(struct request *r);
void serve_delegate_end(struct request *r);
/* serve_device.c */
void serve_device(struct request *r);
/* serve_swipe.c */
void serve_swipe(struct request *r);
void serve_swipe_wait(struct request *r);
/* serve_printer.c */
void serve_printer(struct request *r);
/* serve_jobs.c */
void serve_jobs(struct request *r);
void serve_release(struct request *r);
void serve_withdraw(struct request *r);
void serve_delete(struct request *r);
/* serve_events.c */
void serve_events(struct request *r);

#endif
