/* SPDX-License-Identifier: Apache-2.0 */
/* audit_pages: the keyholder's audit log, line by line. */
#ifndef FLEET_AUDIT_PAGES_H
#define FLEET_AUDIT_PAGES_H

#include "devicescout/fleet/admin.h"

/* len bytes without the newline. An error ends the reading. */
typedef enum err audit_line_fn(void *arg, const char *line, size_t len);

/* Each line from number on. Errors: what fn returned; what the keyholder answered, after a sentence. */
MUST_USE enum err audit_pages_read(struct admin *a, uint64_t from, audit_line_fn *fn, void *arg);

#endif
