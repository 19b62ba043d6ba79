/* SPDX-License-Identifier: Apache-2.0 */
/* audit_fields: tokens between blanks, a key and a value in each. */
#include "devicescout/audit_fields.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"

#define KEY_BYTES  "abcdefghijklmnopqrstuvwxyz_"
#define OLD_DETAIL "detail" /* the field that held all others, encoded once more */

int audit_is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._@/:,+", c) != NULL);
}

const char *audit_escape(const char *text, char *out, size_t size)
{
    size_t n = 0;

    for (; *text != '\0'; text++) {
        const size_t need = audit_is_plain(*text) ? 1 : 3;

        if (n + need >= size)
            break;
        if (need == 1)
            out[n] = *text;
        else
            snprintf(out + n, 4, "%%%02X", (unsigned)(unsigned char)*text);
        n += need;
    }
    out[n] = '\0';
    return out;
}

void audit_fields_put(struct audit_fields *f, const char *key, const char *value)
{
    char escaped[AUDIT_FIELDS_SIZE];
    int n;

    if (value == NULL || strlen(value) >= sizeof escaped / 3)
        return;
    n = snprintf(f->text + f->len, sizeof f->text - f->len, "%s%s=%s", f->len > 0 ? " " : "", key,
                 audit_escape(value, escaped, sizeof escaped));
    if (n > 0 && (size_t)n < sizeof f->text - f->len)
        f->len += (size_t)n;
    f->text[f->len] = '\0';
}

void audit_fields_put_number(struct audit_fields *f, const char *key, uint64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, value);
    audit_fields_put(f, key, text);
}

/* The byte that "%XX" stands for; 0: it is no such thing, or stands for a NUL. */
static uint8_t escaped_byte(const char *at, size_t left)
{
    char digits[3] = {0};
    uint8_t byte = 0;

    if (left < 3 || at[0] != '%')
        return 0;
    for (size_t i = 0; i < 2; i++)
        digits[i] = at[i + 1] >= 'A' && at[i + 1] <= 'F' ? (char)(at[i + 1] + ('a' - 'A')) : at[i + 1];
    return hex_read(digits, &byte, 1) == OK ? byte : 0;
}

/* What is no escape stays as it is. */
static void decode(const char *in, size_t len, char out[static AUDIT_LINE_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < len && n + 1 < AUDIT_LINE_MAX; i++) {
        const uint8_t byte = escaped_byte(in + i, len - i);

        out[n++] = byte != 0 ? (char)byte : in[i];
        i += byte != 0 ? 2 : 0;
    }
    out[n] = '\0';
}

/* How long the key is that a token begins with; 0: it is no field. */
static size_t key_len(const char *token, size_t len)
{
    size_t n = 0;

    while (n < len && token[n] != '\0' && strchr(KEY_BYTES, token[n]) != NULL)
        n++;
    return n > 0 && n < len && n < AUDIT_KEY_SIZE && token[n] == '=' ? n : 0;
}

static size_t token_len(const char *at, const char *end)
{
    const char *blank = memchr(at, ' ', (size_t)(end - at));

    return (size_t)((blank != NULL ? blank : end) - at);
}

static int is_encoded(const char *value, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (audit_is_plain(value[i]))
            continue;
        if (escaped_byte(value + i, len - i) == 0)
            return 0;
        i += 2;
    }
    return 1;
}

/* Is the field at one of those between start and at? */
static int is_repeated(const char *start, const char *at, size_t key)
{
    for (const char *token = start; token < at; token += token_len(token, at) + 1) {
        if (memcmp(token, at, key + 1) == 0) /* with its "="; there is more behind token, if only at */
            return 1;
    }
    return 0;
}

enum err audit_fields_check(const char *text)
{
    const char *const end = text + strlen(text);
    size_t count = 0;

    for (const char *at = text; at < end;) {
        const size_t len = token_len(at, end), key = key_len(at, len);

        if (key == 0 || ++count > AUDIT_FIELDS_MOST || strncmp(at, OLD_DETAIL "=", sizeof OLD_DETAIL) == 0 ||
            !is_encoded(at + key + 1, len - key - 1) || is_repeated(text, at, key))
            return ERR_FORMAT;
        at += len;
        if (at < end && ++at == end) /* a blank with nothing behind it */
            return ERR_FORMAT;
    }
    return OK;
}

/* Nothing but fields, a blank between two? An old detail could also be a sentence. */
static int is_fields(const char *at, const char *end)
{
    for (; at < end; at += token_len(at, end) + 1) {
        if (key_len(at, token_len(at, end)) == 0)
            return 0;
    }
    return 1;
}

void audit_walk_start(struct audit_walk *w, const struct audit_entry *e)
{
    const size_t prefix = sizeof OLD_DETAIL; /* with the "=" in its NUL's place */
    const char *end;

    w->at = e->detail;
    w->end = e->detail + e->detail_len;
    if (e->detail_len <= prefix || memcmp(e->detail, OLD_DETAIL "=", prefix) != 0 ||
        memchr(e->detail, ' ', e->detail_len) != NULL)
        return;
    decode(e->detail + prefix, e->detail_len - prefix, w->old);
    end = w->old + strlen(w->old);
    if (is_fields(w->old, end)) {
        w->at = w->old;
        w->end = end;
    }
}

int audit_walk_next(struct audit_walk *w, struct audit_field *out)
{
    while (w->at < w->end) {
        const char *const token = w->at;
        const size_t len = token_len(token, w->end), key = key_len(token, len);

        w->at += len + (token + len < w->end);
        if (key == 0)
            continue;
        memcpy(out->key, token, key);
        out->key[key] = '\0';
        decode(token + key + 1, len - key - 1, out->value);
        return 1;
    }
    return 0;
}

enum err audit_value(const struct audit_entry *e, const char *key, char *out, size_t size)
{
    struct audit_walk w;
    struct audit_field f;

    audit_walk_start(&w, e);
    while (audit_walk_next(&w, &f)) {
        if (strcmp(f.key, key) != 0)
            continue;
        if (strlen(f.value) >= size)
            return ERR_LIMIT;
        strcpy(out, f.value);
        return OK;
    }
    return ERR_NOTFOUND;
}

enum err audit_value_id(const struct audit_entry *e, const char *key, struct id *out)
{
    char text[ID_HEX_SIZE];
    enum err r = audit_value(e, key, text, sizeof text);

    return r == OK ? id_read(text, out) : r;
}

enum err audit_value_number(const struct audit_entry *e, const char *key, uint64_t *out)
{
    char text[24], *end;
    enum err r = audit_value(e, key, text, sizeof text);

    if (r != OK)
        return r;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 ? OK : ERR_FORMAT;
}
