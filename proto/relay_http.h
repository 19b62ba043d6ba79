/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relay_http: HTTP to one relay through libcurl, its key pinned and everything that it may send bounded. Each object
 * keeps one connection open between calls. Only relay.c uses it.
 */
#ifndef PROTO_RELAY_HTTP_H
#define PROTO_RELAY_HTTP_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define RELAY_TOKEN_SIZE 65 /* 64 hex digits and a NUL */
#define RELAY_PATH_SIZE  256

struct relay_http;

struct relay_call {
    const char *method;
    const char *path;      /* behind the relay's URL */
    const char *token;     /* NULL: without */
    const char *known_tag; /* NULL; else 304 may be the answer: what the caller has is the newest */
    const uint8_t *body;
    size_t len;
    size_t answer_max; /* a longer one is refused */
    unsigned timeout_s;
};

struct relay_answer {
    long status;
    uint8_t *bytes; /* free() */
    size_t len;
};

/* url and pin are copied. */
MUST_USE enum err relay_http_new(const char *url, const uint8_t *pin, struct relay_http **out);
void relay_http_free(struct relay_http *h);

/*
 * One request, one answer, whatever its status.
 * Errors: ERR_UNREACHABLE; ERR_TIMEOUT; ERR_AUTH the relay's key is another; ERR_PEER more than was asked for;
 * ERR_STATE stopped.
 */
MUST_USE enum err relay_http_call(struct relay_http *h, const struct relay_call *c, struct relay_answer *out);

/* Bytes of a stream's body as they come. An error from it ends the stream. */
typedef enum err relay_http_fn(void *arg, const char *bytes, size_t len);

/*
 * Read an endless answer until fn says stop, the connection ends, or nothing comes for 2.5 of the relay's heartbeats.
 *   status  what the relay answered with; fn is called for 200 only
 */
MUST_USE enum err relay_http_stream(struct relay_http *h, const struct relay_call *c, relay_http_fn *fn, void *arg,
                                    long *status);

/* Any thread: the call that runs, and each later one, returns ERR_STATE. */
void relay_http_stop(struct relay_http *h);

#endif
