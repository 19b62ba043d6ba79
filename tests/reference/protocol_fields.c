/* SPDX-License-Identifier: Apache-2.0 */
/* protocol_fields: see protocol_fields.h. */
#include "tests/reference/protocol_fields.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"

#define VALUE_MAX 65536 /* bytes in one value */

static void print_bytes(FILE *out, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        fprintf(out, "%02x", bytes[i]);
    fputc('\n', out);
}

static uint64_t number_at(const uint8_t *at, enum field_type type)
{
    uint16_t two;
    uint32_t four;
    uint64_t eight;

    switch (type) {
    case FIELD_U8:
        return *at;
    case FIELD_U16:
        memcpy(&two, at, sizeof two);
        return two;
    case FIELD_U32:
        memcpy(&four, at, sizeof four);
        return four;
    default:
        memcpy(&eight, at, sizeof eight);
        return eight;
    }
}

static void print_value(FILE *out, const struct field *f, const uint8_t *record)
{
    const uint8_t *at = record + f->at, *target;
    size_t len = f->size;

    switch (f->type) {
    case FIELD_TEXT:
        len = strlen((const char *)at);
        break;
    case FIELD_VAR:
    case FIELD_POINTER:
        memcpy(&len, record + f->length_at, sizeof len);
        break;
    default:
        break;
    }
    if (f->type == FIELD_POINTER) {
        memcpy(&target, at, sizeof target);
        at = target;
    }
    print_bytes(out, at, len);
}

void fields_print(FILE *out, const struct field *fields, const void *record)
{
    const uint8_t *bytes = record;
    size_t len;

    for (const struct field *f = fields; f->type != FIELD_END; f++) {
        fprintf(out, "%s ", f->name);
        switch (f->type) {
        case FIELD_U8:
        case FIELD_U16:
        case FIELD_U32:
        case FIELD_U64:
            fprintf(out, "%llu\n", (unsigned long long)number_at(bytes + f->at, f->type));
            break;
        case FIELD_LIST:
            memcpy(&len, bytes + f->length_at, sizeof len);
            fprintf(out, "%zu\n", len);
            for (size_t i = 0; i < len; i++)
                fields_print(out, f->each, bytes + f->at + i * f->stride);
            break;
        default:
            print_value(out, f, bytes);
        }
    }
}

static void put_number(uint8_t *at, enum field_type type, uint64_t v)
{
    const uint8_t one = (uint8_t)v;
    const uint16_t two = (uint16_t)v;
    const uint32_t four = (uint32_t)v;

    switch (type) {
    case FIELD_U8:
        memcpy(at, &one, sizeof one);
        break;
    case FIELD_U16:
        memcpy(at, &two, sizeof two);
        break;
    case FIELD_U32:
        memcpy(at, &four, sizeof four);
        break;
    default:
        memcpy(at, &v, sizeof v);
    }
}

/* What POINTER fields point to; the tool reads one record in its life. */
static uint8_t kept[2][VALUE_MAX];

static enum err put_value(const struct field *f, uint8_t *record, const char *hex)
{
    static unsigned keeps;
    size_t len = strlen(hex) / 2;
    uint8_t *to = record + f->at, *target;

    if (f->type == FIELD_POINTER) {
        if (keeps == 2 || len > VALUE_MAX)
            return ERR_LIMIT;
        target = kept[keeps++];
        memcpy(to, &target, sizeof target);
        to = target;
    } else if (len + (f->type == FIELD_TEXT) > f->size) {
        return ERR_LIMIT;
    }
    if (f->type == FIELD_BYTES && len != f->size)
        return ERR_FORMAT;
    if (f->type == FIELD_VAR || f->type == FIELD_POINTER)
        memcpy(record + f->length_at, &len, sizeof len);
    return hex_read(hex, to, len);
}

static enum err scan_list(FILE *in, const struct field *f, uint8_t *record, uint64_t count)
{
    const size_t len = (size_t)count;
    enum err e = OK;

    if (count > f->size)
        return ERR_LIMIT;
    memcpy(record + f->length_at, &len, sizeof len);
    for (size_t i = 0; e == OK && i < len; i++)
        e = fields_scan(in, f->each, record + f->at + i * f->stride);
    return e;
}

static enum err scan_field(FILE *in, const struct field *f, uint8_t *record, char *line, size_t size)
{
    const size_t name_len = strlen(f->name);
    char *value = line + name_len + 1;
    uint64_t number;
    char *end;

    if (fgets(line, (int)size, in) == NULL || strncmp(line, f->name, name_len) != 0 || line[name_len] != ' ')
        return ERR_FORMAT;
    line[strcspn(line, "\n")] = '\0';
    if (f->type == FIELD_BYTES || f->type == FIELD_TEXT || f->type == FIELD_VAR || f->type == FIELD_POINTER)
        return put_value(f, record, value);
    number = strtoull(value, &end, 10);
    if (end == value || *end != '\0')
        return ERR_FORMAT;
    if (f->type == FIELD_LIST)
        return scan_list(in, f, record, number);
    put_number(record + f->at, f->type, number);
    return OK;
}

enum err fields_scan(FILE *in, const struct field *fields, void *record)
{
    const size_t size = 2 * VALUE_MAX + 100;
    char *line = malloc(size);
    enum err e = line == NULL ? ERR_NOMEM : OK;

    for (const struct field *f = fields; e == OK && f->type != FIELD_END; f++) {
        if ((e = scan_field(in, f, record, line, size)) != OK)
            fprintf(stderr, "protocol_tool: field %s: %s\n", f->name, err_name(e));
    }
    free(line);
    return e;
}
