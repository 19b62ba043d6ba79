/* SPDX-License-Identifier: Apache-2.0 */
/* sse: the part of the WHATWG's event stream format that relays write (relay/API.md): id, data and comments. */
#include "proto/sse.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* "data: ", the largest message in base64, and a carriage return that a proxy may have added. */
#define LINE_MAX_LEN (6 + (SSE_MESSAGE_MAX_LEN + 2) / 3 * 4 + 1)

struct sse {
    sse_fn *fn;
    void *arg;
    char *line; /* what has come of the current line */
    size_t len, size;
    uint64_t cursor;
    uint8_t *message; /* of the current event; NULL: its data line has not come */
    size_t message_len;
    int has_cursor;
};

enum err sse_new(sse_fn *fn, void *arg, struct sse **out)
{
    struct sse *s = calloc(1, sizeof *s);

    if (s == NULL)
        return ERR_NOMEM;
    s->fn = fn;
    s->arg = arg;
    *out = s;
    return OK;
}

void sse_free(struct sse *s)
{
    if (s == NULL)
        return;
    free(s->line);
    free(s->message);
    free(s);
}

static enum err read_cursor(struct sse *s, const char *text, size_t len)
{
    uint64_t v = 0;

    if (len == 0 || s->has_cursor)
        return ERR_FORMAT;
    for (size_t i = 0; i < len; i++) {
        uint64_t digit = (uint64_t)(text[i] - '0');

        if (text[i] < '0' || text[i] > '9' || v > (UINT64_MAX - digit) / 10)
            return ERR_FORMAT;
        v = v * 10 + digit;
    }
    s->cursor = v;
    s->has_cursor = 1;
    return OK;
}

static enum err read_data(struct sse *s, const char *text, size_t len)
{
    size_t size = len / 4 * 3;

    if (size == 0 || s->message != NULL) /* relays write a message into one line */
        return ERR_FORMAT;
    if ((s->message = malloc(size)) == NULL)
        return ERR_NOMEM;
    /* No characters are skipped, the padding must be there, and so must the end. */
    if (sodium_base642bin(s->message, size, text, len, NULL, &s->message_len, NULL, sodium_base64_VARIANT_ORIGINAL) !=
        0)
        return ERR_FORMAT;
    return s->message_len <= SSE_MESSAGE_MAX_LEN ? OK : ERR_LIMIT;
}

/* The empty line that ends an event. */
static enum err dispatch(struct sse *s)
{
    enum err e;

    if (s->message == NULL && !s->has_cursor) /* behind a comment */
        return OK;
    if (s->message == NULL || !s->has_cursor)
        return ERR_FORMAT;
    e = s->fn(s->arg, s->cursor, s->message, s->message_len);
    free(s->message);
    s->message = NULL;
    s->has_cursor = 0;
    return e;
}

static enum err read_line(struct sse *s, const char *line, size_t len)
{
    if (len > 0 && line[len - 1] == '\r')
        len--;
    if (len == 0)
        return dispatch(s);
    if (line[0] == ':')
        return s->fn(s->arg, 0, NULL, 0);
    if (len >= 4 && memcmp(line, "id: ", 4) == 0)
        return read_cursor(s, line + 4, len - 4);
    if (len >= 6 && memcmp(line, "data: ", 6) == 0)
        return read_data(s, line + 6, len - 6);
    return ERR_FORMAT;
}

/* Keep a piece of a line whose end has not come. */
static enum err keep(struct sse *s, const char *bytes, size_t len)
{
    size_t size = s->size == 0 ? 256 : s->size;
    char *line;

    if (len > LINE_MAX_LEN - s->len)
        return ERR_LIMIT;
    while (size < s->len + len)
        size *= 2;
    if (size > s->size) {
        if ((line = realloc(s->line, size)) == NULL)
            return ERR_NOMEM;
        s->line = line;
        s->size = size;
    }
    memcpy(s->line + s->len, bytes, len);
    s->len += len;
    return OK;
}

enum err sse_feed(struct sse *s, const char *bytes, size_t len)
{
    while (len > 0) {
        const char *end = memchr(bytes, '\n', len);
        size_t n = end != NULL ? (size_t)(end - bytes) : len;
        enum err e;

        if ((e = keep(s, bytes, n)) != OK || end == NULL)
            return e;
        n++;
        bytes += n;
        len -= n;
        n = s->len;
        s->len = 0; /* before the call: what it keeps is the line that just ended */
        if ((e = read_line(s, s->line, n)) != OK)
            return e;
    }
    return OK;
}
