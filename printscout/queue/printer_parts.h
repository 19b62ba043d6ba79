/* SPDX-License-Identifier: Apache-2.0 */
/* printer_parts: what printer.c, printer_attributes.c and offer.c share. For those only. */
#ifndef QUEUE_PRINTER_PARTS_H
#define QUEUE_PRINTER_PARTS_H

#include "printscout/queue/offer.h"
#include "printscout/queue/printer.h"

#define PRINTER_MODEL "Latchkey Secure Queue"

struct printer {
    char name[128]; /* printer-name is name(127) */
    uint8_t uuid[16];
    char uuid_text[PRINTER_UUID_SIZE];
    int port, is_shared;
    uint64_t started_unix_ms, started_boot_ms;
    char web[PRINTER_OWN_URI_SIZE]; /* http://localhost:6310 */
    char uri[PRINTER_OWN_URI_SIZE];
};

/* Fill o->attributes, from what else stands in it. */
void printer_describe(const struct printer *p, struct offer *o);

/* printer_formats.c: of that, what belongs to the document formats. */
void printer_describe_formats(struct offer *o);

#endif
