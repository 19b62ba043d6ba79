/* SPDX-License-Identifier: Apache-2.0 */
/* web_state: what the files of web/ share. Nobody else includes it. */
#ifndef DEVICESCOUT_WEB_WEB_STATE_H
#define DEVICESCOUT_WEB_WEB_STATE_H

#include "base/tries.h"
#include "devicescout/web/conns.h"
#include "devicescout/web/events.h"
#include "devicescout/web/request.h"
#include "devicescout/web/swipes.h"
#include "devicescout/web/task.h"
#include "devicescout/web/tls.h"
#include "devicescout/web/troubles.h"
#include "devicescout/web/web.h"

struct web {
    struct web_opts opts;
    struct tls *tls;
    struct MHD_Daemon *daemon;
    int epoll; /* the daemon's; watched by the loop */
    uint16_t port;
    uint64_t timer;  /* when the daemon wants to run next */
    unsigned rounds; /* that it asked for at once, one after the other */
    uint64_t beat;   /* connections and streams are looked after once a second */
    struct conns *conns;
    struct events *events;
    struct troubles *troubles;
    struct swipes *swipes;
    struct tries *look_ups;  /* of names in the directory, by who asks */
    struct tasks tasks;      /* on another thread */
    struct requests listing; /* lists that have not been read to their end, and streams of them */
    struct request *waiting; /* all that are suspended, but for event streams */
    int stopping;
};

/* web.c: ask anew whose jobs this person may release. */
void web_look_delegates(struct web *w, const char *person);

/* server.c */
MUST_USE enum err server_start(struct web *w);
void server_stop(struct web *w);
/* A connection was resumed: have it go on soon. */
void server_wake(struct web *w);

/* request.c: libmicrohttpd's callbacks */
enum MHD_Result request_handle(void *web, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *upload, size_t *upload_len, void **req);
void request_completed(void *web, struct MHD_Connection *connection, void **req, enum MHD_RequestTerminationCode why);
void *request_line_came(void *web, const char *uri, struct MHD_Connection *connection);

#endif
