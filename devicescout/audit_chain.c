/* SPDX-License-Identifier: Apache-2.0 */
/* audit_chain: one line and the hash that binds it. Nothing here touches a file. */
#include "devicescout/audit_chain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "crypto/derive.h"
#include "crypto/label.h"
#include "devicescout/audit_fields.h"

static int is_event(const char *event)
{
    return event[0] != '\0' && strlen(event) < AUDIT_EVENT_SIZE &&
           event[strspn(event, "abcdefghijklmnopqrstuvwxyz_.")] == '\0';
}

static int is_detail(const char *detail, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!audit_is_plain(detail[i]) && detail[i] != ' ' && detail[i] != '=' && detail[i] != '%')
            return 0;
    }
    return 1;
}

static enum err hash_line(const uint8_t before[static AUDIT_HASH_LEN], const char *text, size_t len,
                          uint8_t out[static AUDIT_HASH_LEN])
{
    const struct piece pieces[] = {LABEL_PIECE(LABEL_AUDIT), {before, AUDIT_HASH_LEN}, {text, len}};
    uint8_t full[64];
    enum err e = derive_sha512(pieces, 3, full);

    if (e == OK)
        memcpy(out, full, AUDIT_HASH_LEN);
    return e;
}

enum err audit_chain_write(struct audit_mark *mark, uint64_t unix_ms, const char *event, const char *detail,
                           char out[static AUDIT_LINE_MAX + 1], size_t *len)
{
    struct audit_mark next = {.number = mark->number + 1};
    enum err e;
    int n;

    if (!is_event(event) || !is_detail(detail, strlen(detail)))
        return ERR_FORMAT;
    n = snprintf(out, AUDIT_LINE_MAX, "%" PRIu64 " %" PRIu64 " %s%s%s", next.number, unix_ms, event,
                 detail[0] != '\0' ? " " : "", detail);
    if (n < 0 || n + 1 + AUDIT_HASH_DIGITS + 1 > AUDIT_LINE_MAX)
        return ERR_LIMIT;
    if ((e = hash_line(mark->hash, out, (size_t)n, next.hash)) != OK)
        return e;
    out[n++] = ' ';
    hex_write(next.hash, AUDIT_HASH_LEN, out + n);
    n += AUDIT_HASH_DIGITS;
    out[n++] = '\n';
    out[n] = '\0';
    *len = (size_t)n;
    *mark = next;
    return OK;
}

/* A decimal number without leading zeros, and the blank behind it. */
static enum err read_number(const char **at, const char *end, uint64_t *out)
{
    const char *start = *at;
    uint64_t v = 0;

    while (*at < end && **at >= '0' && **at <= '9') {
        const uint64_t digit = (uint64_t)(**at - '0');

        if (v > (UINT64_MAX - digit) / 10)
            return ERR_FORMAT;
        v = v * 10 + digit;
        (*at)++;
    }
    if (*at == start || (*start == '0' && *at - start > 1) || *at >= end || **at != ' ')
        return ERR_FORMAT;
    (*at)++;
    *out = v;
    return OK;
}

static enum err read_fields(const char *line, size_t len, struct audit_entry *out)
{
    const char *at = line, *end = line + len, *blank;
    size_t n;

    if (read_number(&at, end, &out->number) != OK || read_number(&at, end, &out->unix_ms) != OK)
        return ERR_FORMAT;
    blank = memchr(at, ' ', (size_t)(end - at));
    n = (size_t)((blank != NULL ? blank : end) - at);
    if (n >= sizeof out->event)
        return ERR_FORMAT;
    memcpy(out->event, at, n);
    out->event[n] = '\0';
    out->detail = blank != NULL ? blank + 1 : end;
    out->detail_len = (size_t)(end - out->detail);
    return is_event(out->event) && is_detail(out->detail, out->detail_len) ? OK : ERR_FORMAT;
}

/* The hash at a line's end, and how much of the line stands before its blank. */
static enum err read_hash(const char *line, size_t len, uint8_t hash[static AUDIT_HASH_LEN], size_t *text_len)
{
    char digits[AUDIT_HASH_DIGITS + 1];

    if (len < AUDIT_HASH_DIGITS + 1 || len >= AUDIT_LINE_MAX || line[len - AUDIT_HASH_DIGITS - 1] != ' ')
        return ERR_FORMAT;
    memcpy(digits, line + len - AUDIT_HASH_DIGITS, AUDIT_HASH_DIGITS);
    digits[AUDIT_HASH_DIGITS] = '\0';
    *text_len = len - AUDIT_HASH_DIGITS - 1;
    return hex_read(digits, hash, AUDIT_HASH_LEN);
}

enum err audit_chain_read(struct audit_mark *mark, const char *line, size_t len, struct audit_entry *out)
{
    struct audit_entry entry;
    uint8_t hash[AUDIT_HASH_LEN], right[AUDIT_HASH_LEN];
    size_t text_len;
    enum err e;

    if ((e = read_hash(line, len, hash, &text_len)) != OK)
        return e;
    if ((e = read_fields(line, text_len, &entry)) != OK)
        return e;
    if ((e = hash_line(mark->hash, line, text_len, right)) != OK)
        return e;
    if (entry.number != mark->number + 1 || memcmp(hash, right, sizeof hash) != 0)
        return ERR_AUTH;
    mark->number = entry.number;
    memcpy(mark->hash, hash, sizeof hash);
    *out = entry;
    return OK;
}

enum err audit_chain_peek(const char *line, size_t len, struct audit_mark *out)
{
    struct audit_entry entry;
    struct audit_mark mark;
    size_t text_len;
    enum err e;

    if ((e = read_hash(line, len, mark.hash, &text_len)) != OK || (e = read_fields(line, text_len, &entry)) != OK)
        return e;
    mark.number = entry.number;
    *out = mark;
    return OK;
}

enum err audit_chain_fields(const char *line, size_t len, struct audit_entry *out)
{
    uint8_t hash[AUDIT_HASH_LEN];
    size_t text_len;
    enum err e = read_hash(line, len, hash, &text_len);

    return e == OK ? read_fields(line, text_len, out) : e;
}

void audit_checkpoint_bytes(struct id site, const struct audit_mark *mark, uint8_t out[static AUDIT_CHECKPOINT_LEN])
{
    struct wbuf b = wbuf_of(out, AUDIT_CHECKPOINT_LEN);

    if (wbuf_copy(&b, site.b, ID_LEN) != OK || wbuf_u64(&b, mark->number) != OK ||
        wbuf_copy(&b, mark->hash, AUDIT_HASH_LEN) != OK)
        abort(); /* the three lengths add up to AUDIT_CHECKPOINT_LEN */
}

enum err audit_checkpoint_check(const struct audit_entry *e, const struct audit_mark *before,
                                const uint8_t site_public[static KEY_LEN])
{
    char digits[2 * SIGNATURE_LEN + 1];
    uint8_t signature[SIGNATURE_LEN], bytes[AUDIT_CHECKPOINT_LEN];

    if (strcmp(e->event, AUDIT_CHECKPOINT) != 0 || audit_value(e, "signature", digits, sizeof digits) != OK ||
        hex_read(digits, signature, SIGNATURE_LEN) != OK)
        return ERR_FORMAT;
    audit_checkpoint_bytes(verify_key_id(site_public), before, bytes);
    return VERIFY(LABEL_AUDIT, bytes, sizeof bytes, site_public, signature);
}
