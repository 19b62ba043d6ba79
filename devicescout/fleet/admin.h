/* SPDX-License-Identifier: Apache-2.0 */
/* admin: an administrator's command: its configuration, and the keyholder behind the admin socket. */
#ifndef FLEET_ADMIN_H
#define FLEET_ADMIN_H

#include <jansson.h>

#include "devicescout/conf.h"
#include "proto/bulletin.h"
#include "proto/keyholder.h"

struct admin {
    struct conf *conf;
    struct kh_client *keyholder;
    uint8_t answer[KH_FRAME_MAX]; /* to the last admin_ask() */
    size_t answer_len;
};

/* Read the configuration and connect. Errors, after a sentence on standard error that says what to do. */
MUST_USE enum err admin_open(const char *config, struct admin **out);
void admin_close(struct admin *a); /* NULL is fine */

/* Ask. On a refusal the keyholder's own sentence is printed. */
MUST_USE enum err admin_ask(struct admin *a, enum kh_op op, const void *body, size_t len);

/* The site's bulletin; free() it. */
MUST_USE enum err admin_bulletin(struct admin *a, struct bulletin **out);
/* The bulletin that the last answer is; free() it. */
MUST_USE enum err admin_read_bulletin(const struct admin *a, struct bulletin **out);

/* The registered printers; free() them. */
MUST_USE enum err admin_printers(struct admin *a, struct printer **out, size_t *len);
/* One of them by its name, after a sentence when there is none. */
MUST_USE enum err admin_printer(struct admin *a, const char *name, struct printer *out);

/* A question on the terminal, or on standard input; anything but y or yes is no. */
int admin_confirm(const char *question);

/* Print an object as JSON with a newline to standard output, and let it go. */
MUST_USE enum err admin_print_json(json_t *object);

/* Time as people read it, UTC: "2026-01-31 12:00 UTC". */
const char *admin_time(uint64_t unix_ms, char *out, size_t size);

#endif
