/* SPDX-License-Identifier: Apache-2.0 */
/* target: where a printer is, as an administrator says it: HOST, HOST:PORT, ipps://…, https://…, socket://…. */
#ifndef PRINTERS_TARGET_H
#define PRINTERS_TARGET_H

#include <stdint.h>

#include "proto/keyholder.h"

#define TARGET_HOST_SIZE 128
#define TARGET_PATH_SIZE 96
#define TARGET_PORT_RAW  9100

struct target {
    char host[TARGET_HOST_SIZE]; /* without the brackets of an IPv6 address */
    uint16_t port;               /* 0: not said */
    char path[TARGET_PATH_SIZE]; /* "": not said */
    int raw;                     /* it said socket:// */
    int pjl;                     /* and ?pjl: a raw printer that answers PJL */
};

/* ERR_CONFIG after a line on standard error. */
MUST_USE enum err target_read(const char *text, struct target *out);

/* "ipps://HOST:PORT/PATH", "socket://HOST:PORT", and the same as https:// for libcurl. ERR_LIMIT. */
MUST_USE enum err target_uri(const struct target *t, const char *scheme, char out[static PRINTER_URI_SIZE]);

#endif
