/* SPDX-License-Identifier: Apache-2.0 */
/* audit_json: fields, then the line. */
#include "devicescout/fleet/audit_json.h"

#include <jansson.h>

#include "devicescout/fleet/audit_text.h"

/* A value that is no UTF-8 is shown with those bytes encoded. */
static json_t *value_json(const char *value)
{
    json_t *text = json_string(value);
    char encoded[AUDIT_TEXT_SIZE];

    return text != NULL ? text : json_string(audit_text(value, "", encoded));
}

/* NULL: no memory. */
static json_t *fields_json(const struct audit_entry *e)
{
    json_t *fields = json_object();
    struct audit_walk w;
    struct audit_field f;

    audit_walk_start(&w, e);
    while (fields != NULL && audit_walk_next(&w, &f)) {
        if (json_object_set_new(fields, f.key, value_json(f.value)) != 0) {
            json_decref(fields);
            fields = NULL;
        }
    }
    return fields;
}

char *audit_json(const struct audit_entry *e)
{
    char when[AUDIT_TIME_SIZE], *text;
    json_t *object = json_pack("{s:I, s:s, s:s, s:o}", "number", (json_int_t)e->number, "time",
                               audit_time(e->unix_ms, 'T', when), "event", e->event, "fields", fields_json(e));

    text = object != NULL ? json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
    json_decref(object);
    return text;
}
