/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http: HTTP/1.1 on the queue's sockets, through libmicrohttpd, because it tells an upload that was cut from one that
 * is complete. Everything about IPP is request.h's.
 */
#ifndef QUEUE_HTTP_H
#define QUEUE_HTTP_H

#include "printscout/queue/queue.h"

struct gate;
struct offers;

struct http; /* opaque */

struct http_opts {
    struct queue *queue;            /* used as long as the server runs */
    int unix_fd, tcp_fd, shared_fd; /* listening sockets, or -1; the server closes them */
    /* For shared_fd; used as long as the server runs, but for certificate and key, which are PEM texts. */
    struct gate *gate;
    const struct printer *shared_printer;
    struct offers *shared_offers;
    const char *shared_certificate, *shared_key;
    unsigned connections_max;
    unsigned header_timeout_s, body_timeout_s;
};

/* Start serving, on threads of its own. ERR_NOMEM, ERR_IO. The sockets are the server's even then. */
MUST_USE enum err http_start(const struct http_opts *opts, struct http **out);

/* Break all connections, drop what is on its way, and wait until that is done. NULL is fine. */
void http_stop(struct http *h);

/* Break the connections of clients that are too slow. Call every second. */
void http_check(struct http *h);

#endif
