/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipp_http: IPP requests to one printer over HTTPS, on libcurl. The printer's pinned key is the whole trust: no
 * authority can vouch for a printer, and none is asked; curl compares the key on every connection that it makes, before
 * a byte of HTTP goes out. No redirects, no proxy, no 100-continue, HTTP/1.1, TLS 1.2 or newer.
 */
#ifndef PRINTSCOUT_COURIER_IPP_HTTP_H
#define PRINTSCOUT_COURIER_IPP_HTTP_H

#include "printscout/courier/printer_uri.h"
#include "printscout/ipp_bytes.h"

struct ipp_http; /* one printer; used by one thread */

struct ipp_http_opts {
    const struct printer_uri *where;
    const uint8_t *pin; /* 32 bytes: SHA-256 of the SubjectPublicKeyInfo */
    uint32_t connect_ms, idle_ms;
    int stop_fd; /* -1: none */
};

MUST_USE enum err ipp_http_new(const struct ipp_http_opts *opts, struct ipp_http **out);
void ipp_http_free(struct ipp_http *h); /* NULL is fine */

/* What follows the IPP message in a request's body. */
struct ipp_http_body {
    uint64_t len;
    enum err (*read)(void *arg, uint8_t *out, size_t max, size_t *len); /* may be asked for less than a chunk */
    void (*stalled)(void *arg); /* NULL, or called about each second in which nothing moves */
    void *arg;
};

/*
 * Ask, and wait for the answer.
 *   body    NULL, or what is sent behind the message
 *   answer  on OK for ippDelete(); its status code is the caller's to judge
 * Errors:
 *   ERR_UNREACHABLE  no connection was made, nothing was sent
 *   ERR_AUTH         the printer showed another key than the pinned one; nothing was sent on that connection
 *   ERR_UNSUPPORTED  no TLS 1.2 or newer; nothing was sent
 *   ERR_STATE        told to stop
 *   ERR_TIMEOUT      nothing moved for idle_ms
 *   ERR_REFUSED      an HTTP status other than 200
 *   ERR_PEER         the answer is not IPP
 *   ERR_IO           the connection broke
 *   or what body->read gave.
 */
MUST_USE enum err ipp_http_ask(struct ipp_http *h, ipp_t *request, const struct ipp_http_body *body, ipp_t **answer);

#endif
