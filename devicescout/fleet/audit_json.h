/* SPDX-License-Identifier: Apache-2.0 */
/* audit_json: a line of the audit chain as an object. */
#ifndef FLEET_AUDIT_JSON_H
#define FLEET_AUDIT_JSON_H

#include <jansson.h>

#include "devicescout/audit_chain.h"

/* {"number", "unix_ms", "event", "fields": {…}}, values as they stand in the chain; NULL: no memory. */
json_t *audit_json(const struct audit_entry *e);

#endif
