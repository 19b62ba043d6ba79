/* SPDX-License-Identifier: Apache-2.0 */
/* request: one HTTP request of a panel, from its first header to its answer; shared by the files of web/ alone. */
#ifndef DEVICESCOUT_WEB_REQUEST_H
#define DEVICESCOUT_WEB_REQUEST_H

#include <jansson.h>
#include <microhttpd.h>
#include <sys/queue.h>

#include "devicescout/people/sessions.h"
#include "proto/keyholder.h"

#define BODY_MAX          (64 * 1024)
#define COOKIE_NAME       "__Secure-latchkey"
#define PANEL_COOKIE_NAME "__Secure-latchkey-panel"

#define ROUTE_PARAMETER_SIZE 64

struct route;

struct request {
    struct web *web;
    struct MHD_Connection *connection;
    const struct route *route;
    char parameter[ROUTE_PARAMETER_SIZE]; /* what stands for * in the route's path; "" when there is none */
    char address[ADDRESS_SIZE];
    char panel[PRINTER_NAME_SIZE];       /* the printer that the panel's token stands for; "" when none is asked for */
    uint8_t panel_hash[ROSTER_HASH_LEN]; /* of that token */
    const struct session *session;       /* who asks, or NULL; valid while a handler runs, no longer */

    char *body; /* with a NUL behind it */
    size_t body_len, body_size, dropped_len;
    json_t *json; /* the body, when the route has one */

    /* The answer. Set by reply.h; a handler that sets none has called request_wait(). */
    unsigned status;
    struct MHD_Response *response;
    int served;      /* the handler was called */
    int waiting;     /* the connection is suspended */
    int endless;     /* the answer goes on as long as its session */
    int wants_swipe; /* … until a badge is held to the reader at printer */

    /* What a waiting request waits for. */
    uint64_t signin;         /* an attempt's number */
    struct task *task;       /* work on another thread, task.h */
    uint64_t session_number; /* a change for this session … */
    uint64_t timer;          /* … or the end of its patience */
    char printer[PRINTER_NAME_SIZE];
    struct request *next, *prev; /* among the waiting ones */

    uint64_t lists_for; /* the session whose jobs it lists; 0: it lists none */
    LIST_ENTRY(request) listing;
};

LIST_HEAD(requests, request);

/* Suspend: the answer comes later, with request_resume(). */
void request_wait(struct request *r);
/* The answer is set: go on. */
void request_resume(struct request *r);

/*
 * A plain number behind the question mark.
 *   out   untouched where the request has no such argument
 * ERR_FORMAT: it is no number from least to most.
 */
MUST_USE enum err request_number(const struct request *r, const char *name, uint64_t least, uint64_t most,
                                 uint64_t *out);

/* A header's value, or NULL. */
const char *request_header(const struct request *r, const char *name);

#endif
