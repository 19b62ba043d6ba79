/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request: one HTTP request, from its headers to the last byte of the answer. Who asks and whether it may is decided
 * when the headers are there; a body that will not be used is read and dropped, up to a bound.
 */
#ifndef RELAY_REQUEST_H
#define RELAY_REQUEST_H

#include <microhttpd.h>

#include "relay/server.h"

#define MESSAGE_MAX_LEN      65536
#define DOOR_MESSAGE_MAX_LEN 4096

struct route;

struct path { /* the parts of the URL that the route names; the others are zero */
    struct id site, node, message;
    uint8_t door[ENGINE_DOOR_LEN];
};

struct refusal { /* why a request is not served; status 0: it is */
    unsigned status;
    const char *sentence;
};

struct request {
    struct server *server;
    struct MHD_Connection *connection;
    struct conn *conn;
    const struct route *route; /* NULL when refused for want of one */
    struct path path;
    struct refusal refusal;
    struct site *site;      /* of the URL or the session; NULL where the route has neither */
    struct session session; /* for routes that need one */
    uint8_t *body;
    size_t body_len, dropped_len;
    struct waiter waiter;
    int waited;            /* its time to wait is over */
    struct stream *stream; /* see events.c; NULL for other routes */
};

/* libmicrohttpd's callbacks; cls is the server. */
enum MHD_Result request_handle(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *upload, size_t *upload_len, void **req);
void request_completed(void *cls, struct MHD_Connection *connection, void **req, enum MHD_RequestTerminationCode why);

/*
 * A number from the query string.
 *   fallback  when it is not there
 * Errors: ERR_FORMAT not decimal digits; ERR_LIMIT above most.
 */
MUST_USE enum err request_number(const struct request *r, const char *name, uint64_t fallback, uint64_t most,
                                 uint64_t *out);

/*
 * Have the route called again when there is news for key, or after wait_ms with waited set. For routes that found
 * nothing to answer yet; they return what this returns.
 */
enum MHD_Result request_wait(struct request *r, struct id key, uint64_t wait_ms);

/* Have the route called again soon, after other requests had their turn. */
enum MHD_Result request_again(struct request *r);

#endif
