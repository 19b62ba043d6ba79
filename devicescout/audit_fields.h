/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_fields: what a line of the audit log says, as "key=value key=value": composed, checked and read back side by
 * side. Whoever has something written down composes fields; the keyholder checks them before they become a line;
 * whoever shows a line walks over them. Values are percent-encoded, so a name makes neither a field nor a line.
 */
#ifndef DEVICESCOUT_AUDIT_FIELDS_H
#define DEVICESCOUT_AUDIT_FIELDS_H

#include "devicescout/audit_chain.h"

#define AUDIT_KEY_SIZE    32   /* with its NUL; lower-case letters and underscores */
#define AUDIT_FIELDS_MOST 16   /* of one event that the keyholder is asked to write down */
#define AUDIT_FIELDS_SIZE 2048 /* and all of them with a NUL: two names of 255 bytes, each byte encoded, and ids */

/* Fields that grow. Start with {.len = 0}; text is always what the keyholder takes. */
struct audit_fields {
    char text[AUDIT_FIELDS_SIZE];
    size_t len;
};

/* Add a field. NULL: none. One that does not fit whole is left out: never half a name. */
void audit_fields_put(struct audit_fields *f, const char *key, const char *value);
void audit_fields_put_number(struct audit_fields *f, const char *key, uint64_t value);

/*
 * Is text nothing but fields, at most AUDIT_FIELDS_MOST, a blank between two, no key twice, each value encoded? "" is.
 * The key "detail" is refused: in lines of old it held all fields. ERR_FORMAT.
 */
MUST_USE enum err audit_fields_check(const char *text);

/* One line's fields, one after the other. */
struct audit_walk {
    const char *at, *end;
    char old[AUDIT_LINE_MAX]; /* what an old line's only field held */
};
struct audit_field {
    char key[AUDIT_KEY_SIZE];
    char value[AUDIT_LINE_MAX]; /* decoded: any byte but NUL */
};
/* e outlives w. In a line that says only "detail=…", as devicescout's once did, the fields are those inside. */
void audit_walk_start(struct audit_walk *w, const struct audit_entry *e);
/* 0: there are no more. What is no field is passed over. */
int audit_walk_next(struct audit_walk *w, struct audit_field *out);

/* Find key in an entry; the value is decoded. ERR_NOTFOUND; ERR_LIMIT it does not fit; ERR_FORMAT. */
MUST_USE enum err audit_value(const struct audit_entry *e, const char *key, char *out, size_t size);
MUST_USE enum err audit_value_id(const struct audit_entry *e, const char *key, struct id *out);
MUST_USE enum err audit_value_number(const struct audit_entry *e, const char *key, uint64_t *out);

/* Does a value hold c as it is? Letters, digits and "-._@/:,+". */
int audit_is_plain(char c);
/* Percent-encode everything else. Cuts at size (with the NUL), never in an escape. */
const char *audit_escape(const char *text, char *out, size_t size);

#endif
