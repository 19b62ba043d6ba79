/* SPDX-License-Identifier: Apache-2.0 */
/* audit_json: a line of the audit log as an object on one line. */
#ifndef FLEET_AUDIT_JSON_H
#define FLEET_AUDIT_JSON_H

#include "devicescout/audit_chain.h"

/* {"number", "time" (RFC 3339), "event", "fields": {…}} in ASCII, values decoded; to free(). NULL: no memory. */
char *audit_json(const struct audit_entry *e);

#endif
