/* SPDX-License-Identifier: Apache-2.0 */
/* audit_text: character by character; a name may have been chosen to be read wrongly. */
#include "devicescout/fleet/audit_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"

#define UNIX_MS "_unix_ms"

const char *audit_time(uint64_t unix_ms, char between, char out[static AUDIT_TIME_SIZE])
{
    const time_t seconds = (time_t)(unix_ms / 1000);
    struct tm tm;
    size_t n = 0;

    if (gmtime_r(&seconds, &tm) != NULL)
        n = strftime(out, AUDIT_TIME_SIZE - 6, between == 'T' ? "%Y-%m-%dT%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &tm);
    if (n == 0)
        return strcpy(out, "-");
    snprintf(out + n, AUDIT_TIME_SIZE - n, ".%03uZ", (unsigned)(unix_ms % 1000));
    return out;
}

/* Clean UTF-8 of n bytes that is not seen, breaks lines or turns the direction of what is beside it. */
static int is_hidden(const char *at, size_t n)
{
    static const struct {
        const char *from, *to;
    } ranges[] = {
        {"\xc2\x80", "\xc2\xa0"},                 /* U+0080: C1 controls; a blank that is none */
        {"\xc2\xad", "\xc2\xad"},                 /* U+00AD: soft hyphen */
        {"\xd8\x9c", "\xd8\x9c"},                 /* U+061C: Arabic letter mark */
        {"\xe2\x80\x80", "\xe2\x80\x8f"},         /* U+2000: blanks, zero width, marks of direction */
        {"\xe2\x80\xa8", "\xe2\x80\xaf"},         /* U+2028: ends of lines, embeddings, overrides */
        {"\xe2\x81\x9f", "\xe2\x81\xaf"},         /* U+205F: isolates, invisible operators */
        {"\xe3\x80\x80", "\xe3\x80\x80"},         /* U+3000: a wide blank */
        {"\xef\xbb\xbf", "\xef\xbb\xbf"},         /* U+FEFF: byte order mark */
        {"\xf3\xa0\x80\x80", "\xf3\xa0\x81\xbf"}, /* U+E0000: tags */
    };

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (strlen(ranges[i].from) == n && memcmp(at, ranges[i].from, n) >= 0 && memcmp(at, ranges[i].to, n) <= 0)
            return 1;
    }
    return 0;
}

/* How many bytes a character has that may be shown; 0: the byte at at is to be encoded. */
static size_t shown(const char *at, const char *also)
{
    const uint8_t lead = (uint8_t)*at;
    const size_t n = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

    if (strnlen(at, n) < n || !text_is_clean(at, n) || *at == '%' || strchr(also, *at) != NULL)
        return 0;
    return is_hidden(at, n) ? 0 : n;
}

const char *audit_text(const char *value, const char *also, char out[static AUDIT_TEXT_SIZE])
{
    size_t len = 0;

    while (*value != '\0' && len + 4 < AUDIT_TEXT_SIZE) {
        const size_t n = shown(value, also);

        if (n == 0) {
            snprintf(out + len, 4, "%%%02X", (unsigned)(uint8_t)*value++);
            len += 3;
        } else {
            memcpy(out + len, value, n);
            len += n;
            value += n;
        }
    }
    out[len] = '\0';
    return out;
}

/* "until_unix_ms=1795197722039" is read "until=2026-11-20T18:02:02.039Z". */
static void read_time(struct audit_field *f)
{
    const size_t len = strlen(f->key), suffix = strlen(UNIX_MS);
    uint64_t unix_ms;
    char *end;

    if (len <= suffix || strcmp(f->key + len - suffix, UNIX_MS) != 0 || f->value[0] == '\0')
        return;
    unix_ms = strtoull(f->value, &end, 10);
    if (*end != '\0')
        return;
    f->key[len - suffix] = '\0';
    audit_time(unix_ms, 'T', f->value);
}

static enum err print_field(struct audit_field *f)
{
    char value[AUDIT_TEXT_SIZE];
    const char *quote;

    read_time(f);
    quote = f->value[0] == '\0' || strchr(f->value, ' ') != NULL ? "\"" : "";
    return printf(" %s=%s%s%s", f->key, quote, audit_text(f->value, "\"", value), quote) < 0 ? ERR_IO : OK;
}

enum err audit_text_print(const struct audit_entry *e)
{
    char when[AUDIT_TIME_SIZE];
    struct audit_walk w;
    struct audit_field f;
    enum err err = OK;

    if (printf("%s %5" PRIu64 " %s", audit_time(e->unix_ms, ' ', when), e->number, e->event) < 0)
        return ERR_IO;
    audit_walk_start(&w, e);
    while (err == OK && strcmp(e->event, AUDIT_CHECKPOINT) != 0 && audit_walk_next(&w, &f))
        err = print_field(&f);
    return err == OK && putchar('\n') == EOF ? ERR_IO : err;
}
