/* SPDX-License-Identifier: Apache-2.0 */
/* look: everything that can be found out about a printer before it is trusted, and how it is shown. */
#ifndef PRINTERS_LOOK_H
#define PRINTERS_LOOK_H

#include <jansson.h>
#include <stdio.h>

#include "devicescout/printers/ipp_look.h"
#include "devicescout/printers/tls_look.h"

struct look {
    struct target target;
    struct tls_look tls;
    struct ipp_look ipp;
};

/*
 * Find the printer's TLS: on the port that was said, else on 631 and 443. l->target.port becomes the one that answered.
 * Errors, after a sentence on standard error: ERR_UNREACHABLE, ERR_NOTFOUND, ERR_PEER, ERR_TIMEOUT; ERR_REFUSED nothing
 * newer than TLS 1.1.
 */
MUST_USE enum err look_tls(struct look *l);

/* Then ask it over IPP, with the key that was seen. Errors after a sentence on standard error. */
MUST_USE enum err look_ipp(struct look *l, const char *name);

/* A raw printer: does it take a connection? Errors after a sentence on standard error. */
MUST_USE enum err look_raw(const struct target *t);

/* For people, with a sentence for each flaw. */
void look_print_tls(const struct look *l, FILE *to);
void look_print_ipp(const struct look *l, FILE *to);

/* For scripts: {"subject", "issuer", "pin", "key", …, "flaws": […]}; NULL: memory ran out. */
json_t *look_tls_json(const struct look *l);
json_t *look_ipp_json(const struct look *l);
/* A registered printer. */
json_t *look_printer_json(const struct printer *p);

#endif
