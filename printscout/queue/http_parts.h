/* SPDX-License-Identifier: Apache-2.0 */
/* http_parts: what http.c (sockets and threads) and http_visit.c (requests) share. For those two only. */
#ifndef QUEUE_HTTP_PARTS_H
#define QUEUE_HTTP_PARTS_H

#include <microhttpd.h>

#include "printscout/queue/clients.h"
#include "printscout/queue/http.h"

struct door { /* a listening socket */
    struct http *http;
    const struct printer *printer; /* as it is reached there */
    struct offers *offers;         /* the same */
    int is_shared;                 /* from the network: TLS, and everybody says who they are */
    struct MHD_Daemon *daemon;     /* NULL: not open */
};

enum { DOOR_UNIX, DOOR_LOOPBACK, DOOR_SHARED, DOORS };

struct http {
    struct queue *queue;
    struct gate *gate; /* NULL: not shared */
    struct clients *clients;
    struct door doors[DOORS];
};

/* NULL: the connection came when memory was short. */
struct client *http_client(struct MHD_Connection *connection);

/* libmicrohttpd's handlers; arg is the door. */
enum MHD_Result http_visit(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
                           const char *version, const char *bytes, size_t *len, void **state);
void http_visit_ended(void *arg, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode how);

#endif
