/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol_fields: a struct of proto/ as lines of text, "name value", and back. Numbers are decimal, all else is hex.
 * What stands in the struct is said by a table, in the order of the lines.
 */
#ifndef TESTS_REFERENCE_PROTOCOL_FIELDS_H
#define TESTS_REFERENCE_PROTOCOL_FIELDS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

enum field_type {
    FIELD_END,
    FIELD_BYTES, /* size bytes */
    FIELD_U8,
    FIELD_U16,
    FIELD_U32,
    FIELD_U64,
    FIELD_TEXT,    /* char array of size bytes with its NUL */
    FIELD_VAR,     /* byte array of size bytes, and how many are used (size_t) */
    FIELD_POINTER, /* const uint8_t *, and a length (size_t) */
    FIELD_LIST     /* array of size elements, and how many are used (size_t); then the elements, field by field */
};

struct field {
    const char *name;
    enum field_type type;
    size_t at, size;
    size_t length_at;         /* VAR, POINTER, LIST: where the size_t stands */
    size_t stride;            /* LIST */
    const struct field *each; /* LIST */
};

#define SIZE_OF(s, m) sizeof(((struct s *)0)->m)
#define BYTES(s, m)                                                                                                    \
    {                                                                                                                  \
#m, FIELD_BYTES, offsetof(struct s, m), SIZE_OF(s, m), 0, 0, NULL                                              \
    }
#define NUMBER(s, m, bits)                                                                                             \
    {                                                                                                                  \
#m, FIELD_U##bits, offsetof(struct s, m), SIZE_OF(s, m), 0, 0, NULL                                            \
    }
#define TEXT(s, m)                                                                                                     \
    {                                                                                                                  \
#m, FIELD_TEXT, offsetof(struct s, m), SIZE_OF(s, m), 0, 0, NULL                                               \
    }
#define VAR(s, m, length)                                                                                              \
    {                                                                                                                  \
#m, FIELD_VAR, offsetof(struct s, m), SIZE_OF(s, m), offsetof(struct s, length), 0, NULL                       \
    }
#define POINTER(s, m, length)                                                                                          \
    {                                                                                                                  \
#m, FIELD_POINTER, offsetof(struct s, m), 0, offsetof(struct s, length), 0, NULL                               \
    }
#define LIST(s, m, length, fields)                                                                                     \
    {                                                                                                                  \
#m, FIELD_LIST, offsetof(struct s, m), SIZE_OF(s, m) / SIZE_OF(s, m[0]), offsetof(struct s, length),           \
            SIZE_OF(s, m[0]), fields                                                                                   \
    }
#define END                                                                                                            \
    {                                                                                                                  \
        NULL, FIELD_END, 0, 0, 0, 0, NULL                                                                              \
    }

void fields_print(FILE *out, const struct field *fields, const void *record);
/* ERR_FORMAT after a line on standard error: not the line that is due, or no such value. */
MUST_USE enum err fields_scan(FILE *in, const struct field *fields, void *record);

#endif
