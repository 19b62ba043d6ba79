/* SPDX-License-Identifier: Apache-2.0 */
/* audit_fields: split at blanks, decode, and once more for a detail. Values in a detail were escaped before it was, so
 * no name makes a field. */
#include "devicescout/fleet/audit_fields.h"

#include <string.h>

#include "base/hex.h"

#define KEY_BYTES "abcdefghijklmnopqrstuvwxyz_"

struct walk {
    audit_field_fn *fn;
    void *arg;
};

/* %XX becomes its byte; what is no such thing, and a NUL, stays as it is. */
static void decode(const char *in, size_t len, char out[static AUDIT_LINE_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < len && n + 1 < AUDIT_LINE_MAX; i++) {
        char digits[3] = {0};
        uint8_t byte = 0;

        if (in[i] == '%' && i + 2 < len) {
            memcpy(digits, in + i + 1, 2);
            for (size_t k = 0; k < 2; k++)
                digits[k] = digits[k] >= 'A' && digits[k] <= 'F' ? (char)(digits[k] + ('a' - 'A')) : digits[k];
        }
        if (digits[0] != '\0' && hex_read(digits, &byte, 1) == OK && byte != 0) {
            out[n++] = (char)byte;
            i += 2;
        } else {
            out[n++] = in[i];
        }
    }
    out[n] = '\0';
}

/* How long the key is that a token begins with; 0: it is no field. */
static size_t key_len(const char *token, size_t len)
{
    const size_t n = strspn(token, KEY_BYTES);

    return n > 0 && n < len && n < AUDIT_EVENT_SIZE && token[n] == '=' ? n : 0;
}

static size_t token_len(const char *at, size_t left)
{
    const char *blank = memchr(at, ' ', left);

    return blank != NULL ? (size_t)(blank - at) : left;
}

static int is_fields(const char *text)
{
    size_t left = strlen(text);

    for (size_t len; left > 0; text += len + (left > len), left -= len + (left > len)) {
        len = token_len(text, left);
        if (key_len(text, len) == 0)
            return 0;
    }
    return 1;
}

static void each(const struct walk *w, const char *text, size_t left, int inside)
{
    char value[AUDIT_LINE_MAX], key[AUDIT_EVENT_SIZE];

    for (size_t len; left > 0; text += len + (left > len), left -= len + (left > len)) {
        size_t n;

        len = token_len(text, left);
        if ((n = key_len(text, len)) == 0)
            continue;
        memcpy(key, text, n);
        key[n] = '\0';
        decode(text + n + 1, len - n - 1, value);
        if (!inside && strcmp(key, "detail") == 0 && value[0] != '\0' && is_fields(value))
            each(w, value, strlen(value), 1);
        else
            w->fn(w->arg, key, value);
    }
}

void audit_fields(const struct audit_entry *e, audit_field_fn *fn, void *arg)
{
    each(&(struct walk){fn, arg}, e->detail, e->detail_len, 0);
}
