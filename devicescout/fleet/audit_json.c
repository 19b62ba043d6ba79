/* SPDX-License-Identifier: Apache-2.0 */
/* audit_json: fields, then the line. */
#include "devicescout/fleet/audit_json.h"

#include "devicescout/fleet/audit_fields.h"

/* A value that is no UTF-8 is shown as the log has it. */
static void add(void *fields, const char *key, const char *value)
{
    char escaped[3 * AUDIT_LINE_MAX];

    if (json_object_set_new(fields, key, json_string(value)) != 0 &&
        json_object_set_new(fields, key, json_string(audit_escape(value, escaped, sizeof escaped))) != 0)
        json_object_set_new(fields, key, json_null());
}

static json_t *fields_json(const struct audit_entry *e)
{
    json_t *fields = json_object();

    audit_fields(e, add, fields);
    return fields;
}

json_t *audit_json(const struct audit_entry *e)
{
    return json_pack("{s:I, s:I, s:s, s:o}", "number", (json_int_t)e->number, "unix_ms", (json_int_t)e->unix_ms,
                     "event", e->event, "fields", fields_json(e));
}
