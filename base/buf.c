/* SPDX-License-Identifier: Apache-2.0 */
/* buf: bounded cursors. Readers check what is left before they move; writers check what fits before they write. */
#include "base/buf.h"

#include <string.h>

struct rbuf rbuf_of(const void *bytes, size_t len)
{
    return (struct rbuf){.at = bytes, .left = len};
}

enum err rbuf_take(struct rbuf *b, size_t len, const uint8_t **out)
{
    if (len > b->left)
        return ERR_FORMAT;
    *out = b->at;
    if (len > 0) /* an empty buffer may stand on NULL, to which even 0 may not be added */
        b->at += len;
    b->left -= len;
    return OK;
}

/* A big-endian integer of size bytes. */
static enum err take_integer(struct rbuf *b, size_t size, uint64_t *out)
{
    const uint8_t *at;
    uint64_t v = 0;
    enum err e = rbuf_take(b, size, &at);

    if (e != OK)
        return e;
    for (size_t i = 0; i < size; i++)
        v = v << 8 | at[i];
    *out = v;
    return OK;
}

enum err rbuf_u8(struct rbuf *b, uint8_t *out)
{
    uint64_t v;
    enum err e = take_integer(b, 1, &v);

    if (e == OK)
        *out = (uint8_t)v;
    return e;
}

enum err rbuf_u16(struct rbuf *b, uint16_t *out)
{
    uint64_t v;
    enum err e = take_integer(b, 2, &v);

    if (e == OK)
        *out = (uint16_t)v;
    return e;
}

enum err rbuf_u32(struct rbuf *b, uint32_t *out)
{
    uint64_t v;
    enum err e = take_integer(b, 4, &v);

    if (e == OK)
        *out = (uint32_t)v;
    return e;
}

enum err rbuf_u64(struct rbuf *b, uint64_t *out)
{
    return take_integer(b, 8, out);
}

enum err rbuf_copy(struct rbuf *b, void *out, size_t len)
{
    const uint8_t *at;
    enum err e = rbuf_take(b, len, &at);

    if (e == OK && len > 0)
        memcpy(out, at, len);
    return e;
}

enum err rbuf_bytes16(struct rbuf *b, size_t max, const uint8_t **out, size_t *len)
{
    struct rbuf ahead = *b; /* moved first, so that a failure leaves b where it was */
    uint16_t n;
    enum err e;

    if ((e = rbuf_u16(&ahead, &n)) != OK)
        return e;
    if (n > max)
        return ERR_LIMIT;
    if ((e = rbuf_take(&ahead, n, out)) != OK)
        return e;
    *len = n;
    *b = ahead;
    return OK;
}

enum err rbuf_text16(struct rbuf *b, char *out, size_t size)
{
    struct rbuf ahead = *b;
    const uint8_t *at;
    size_t len;
    enum err e;

    if (size == 0)
        return ERR_LIMIT;
    if ((e = rbuf_bytes16(&ahead, size - 1, &at, &len)) != OK)
        return e;
    if (!text_is_clean((const char *)at, len))
        return ERR_FORMAT;
    if (len > 0)
        memcpy(out, at, len);
    out[len] = '\0';
    *b = ahead;
    return OK;
}

enum err rbuf_end(const struct rbuf *b)
{
    return b->left == 0 ? OK : ERR_FORMAT;
}

struct wbuf wbuf_of(void *bytes, size_t size)
{
    return (struct wbuf){.start = bytes, .size = size, .len = 0};
}

enum err wbuf_copy(struct wbuf *b, const void *bytes, size_t len)
{
    if (len > b->size - b->len)
        return ERR_LIMIT;
    if (len > 0)
        memcpy(b->start + b->len, bytes, len);
    b->len += len;
    return OK;
}

/* A big-endian integer of size bytes. */
static enum err put_integer(struct wbuf *b, uint64_t v, size_t size)
{
    uint8_t bytes[8];

    for (size_t i = size; i > 0; i--) {
        bytes[i - 1] = (uint8_t)v;
        v >>= 8;
    }
    return wbuf_copy(b, bytes, size);
}

enum err wbuf_u8(struct wbuf *b, uint8_t v)
{
    return put_integer(b, v, 1);
}

enum err wbuf_u16(struct wbuf *b, uint16_t v)
{
    return put_integer(b, v, 2);
}

enum err wbuf_u32(struct wbuf *b, uint32_t v)
{
    return put_integer(b, v, 4);
}

enum err wbuf_u64(struct wbuf *b, uint64_t v)
{
    return put_integer(b, v, 8);
}

enum err wbuf_bytes16(struct wbuf *b, const void *bytes, size_t len)
{
    struct wbuf ahead = *b;
    enum err e;

    if (len > UINT16_MAX)
        return ERR_LIMIT;
    if ((e = wbuf_u16(&ahead, (uint16_t)len)) != OK)
        return e;
    if ((e = wbuf_copy(&ahead, bytes, len)) != OK)
        return e;
    *b = ahead;
    return OK;
}

enum err wbuf_text16(struct wbuf *b, const char *text)
{
    return wbuf_bytes16(b, text, strlen(text));
}

/* How many bytes follow a UTF-8 lead byte, with the least code point that may be spelled so; -1: not a lead byte. */
static int followers(uint8_t lead, uint32_t *point, uint32_t *least)
{
    if (lead < 0x80) {
        *point = lead;
        *least = 0;
        return 0;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
        *point = lead & 0x1fU;
        *least = 0x80;
        return 1;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        *point = lead & 0x0fU;
        *least = 0x800;
        return 2;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        *point = lead & 0x07U;
        *least = 0x10000;
        return 3;
    }
    return -1;
}

int text_is_clean(const char *s, size_t len)
{
    const uint8_t *at = (const uint8_t *)s;

    for (size_t i = 0; i < len;) {
        uint32_t point, least;
        int more = followers(at[i++], &point, &least);

        if (more < 0 || (size_t)more > len - i)
            return 0;
        for (; more > 0; more--, i++) {
            if ((at[i] & 0xc0) != 0x80)
                return 0;
            point = point << 6 | (at[i] & 0x3fU);
        }
        if (point < least || point > 0x10ffff ||
            (point >= 0xd800 && point <= 0xdfff)) /* overlong, too big, surrogate */
            return 0;
        if (point < 0x20 || point == 0x7f)
            return 0;
    }
    return 1;
}
