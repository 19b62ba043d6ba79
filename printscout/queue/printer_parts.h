/* SPDX-License-Identifier: Apache-2.0 */
/* printer_parts: what printer.c and printer_attributes.c share. For those two only. */
#ifndef QUEUE_PRINTER_PARTS_H
#define QUEUE_PRINTER_PARTS_H

#include "printscout/queue/printer.h"

#define PRINTER_MODEL "Latchkey Secure Queue"

struct printer {
    ipp_t *attributes;
    char name[128]; /* printer-name is name(127) */
    uint8_t uuid[16];
    char uuid_text[PRINTER_UUID_SIZE];
    int port;
    uint64_t started_unix_ms, started_boot_ms;
    char web[PRINTER_OWN_URI_SIZE]; /* http://localhost:6310 */
    char uri[PRINTER_OWN_URI_SIZE];
};

/* Fill p->attributes with all that never changes. */
void printer_describe(struct printer *p);

#endif
