/* SPDX-License-Identifier: Apache-2.0 */
/*
 * printer_uri: where an order sends a job. "ipps://HOST[:631]/PATH" or "socket://HOST[:9100]"; behind the latter "?pjl"
 * when the printer is registered as one that answers PJL, and "?language=NAME" for what it takes; both with "&"
 * between.
 */
#ifndef PRINTSCOUT_COURIER_PRINTER_URI_H
#define PRINTSCOUT_COURIER_PRINTER_URI_H

#include <stdint.h>

#include "proto/order.h"

struct printer_uri {
    char host[PRINTER_URI_SIZE]; /* a name or an address, IPv6 without its brackets */
    char path[PRINTER_URI_SIZE]; /* IPPS: begins with a slash */
    uint16_t port;
    int pjl; /* raw 9100: it may be asked in PJL */
    const char
        *format; /* raw 9100: the MIME type of what it takes; NULL: not said, or one that we do not know. Static */
};

/* ERR_FORMAT: not a URI of this protocol, or with a user name, a fragment or bytes that no URI has. */
MUST_USE enum err printer_uri_read(const char *uri, enum delivery_protocol protocol, struct printer_uri *out);

#define PRINTER_URL_SIZE (2 * PRINTER_URI_SIZE + 32)

/* The same place for HTTP: "https://HOST:PORT/PATH". Returns out. */
const char *printer_uri_url(const struct printer_uri *u, char out[static PRINTER_URL_SIZE]);

#endif
