/* SPDX-License-Identifier: Apache-2.0 */
/* audit_json: fields, then the line. */
#include "devicescout/fleet/audit_json.h"

#include <string.h>

/* Fields of one line as an object. */
static json_t *fields_json(const struct audit_entry *e)
{
    json_t *fields = json_object();
    const char *at = e->detail, *end = at + e->detail_len;

    while (at < end) {
        const char *blank = memchr(at, ' ', (size_t)(end - at));
        const char *stop = blank != NULL ? blank : end;
        const char *equals = memchr(at, '=', (size_t)(stop - at));
        char key[AUDIT_EVENT_SIZE];

        if (equals != NULL && (size_t)(equals - at) < sizeof key) {
            memcpy(key, at, (size_t)(equals - at));
            key[equals - at] = '\0';
            if (json_object_set_new(fields, key, json_stringn(equals + 1, (size_t)(stop - equals - 1))) != 0)
                break;
        }
        at = stop + 1;
    }
    return fields;
}

json_t *audit_json(const struct audit_entry *e)
{
    return json_pack("{s:I, s:I, s:s, s:o}", "number", (json_int_t)e->number, "unix_ms", (json_int_t)e->unix_ms,
                     "event", e->event, "fields", fields_json(e));
}
