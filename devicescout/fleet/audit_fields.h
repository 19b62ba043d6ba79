/* SPDX-License-Identifier: Apache-2.0 */
/* audit_fields: the fields of a line for other systems, as text: decoded, and those that devicescout or a command wrote
 * down, which the keyholder keeps as one "detail", each by itself. */
#ifndef FLEET_AUDIT_FIELDS_H
#define FLEET_AUDIT_FIELDS_H

#include "devicescout/audit_chain.h"

/* value may hold any byte but NUL; key is a word of lower-case letters and underscores. */
typedef void audit_field_fn(void *arg, const char *key, const char *value);
void audit_fields(const struct audit_entry *e, audit_field_fn *fn, void *arg);

#endif
