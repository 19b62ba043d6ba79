/* SPDX-License-Identifier: Apache-2.0 */
/* ippscan: see ippscan.h. */
#include "printscout/queue/ippscan.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define TAG_VALUES_FROM 0x10 /* below are the delimiters */

void ippscan_free(struct ippscan *s)
{
    if (s->bytes != NULL)
        explicit_bzero(s->bytes, s->size); /* titles, names, passwords */
    free(s->bytes);
    *s = (struct ippscan){0};
}

/* RFC 8010's syntaxes with the lengths that RFC 8011 section 5.1 allows. */
static const struct syntax {
    uint8_t tag;
    uint16_t least, most;
} syntaxes[] = {
    {IPP_TAG_UNSUPPORTED_VALUE, 0, 0},
    {IPP_TAG_DEFAULT, 0, 0},
    {IPP_TAG_UNKNOWN, 0, 0},
    {IPP_TAG_NOVALUE, 0, 0},
    {IPP_TAG_NOTSETTABLE, 0, 0},
    {IPP_TAG_DELETEATTR, 0, 0},
    {IPP_TAG_ADMINDEFINE, 0, 0},
    {IPP_TAG_INTEGER, 4, 4},
    {IPP_TAG_BOOLEAN, 1, 1},
    {IPP_TAG_ENUM, 4, 4},
    {IPP_TAG_STRING, 0, 1023},
    {IPP_TAG_DATE, 11, 11},
    {IPP_TAG_RESOLUTION, 9, 9},
    {IPP_TAG_RANGE, 8, 8},
    {IPP_TAG_BEGIN_COLLECTION, 0, 0},
    {IPP_TAG_TEXTLANG, 4, 4 + 63 + 1023},
    {IPP_TAG_NAMELANG, 4, 4 + 63 + 255},
    {IPP_TAG_END_COLLECTION, 0, 0},
    {IPP_TAG_TEXT, 0, 1023},
    {IPP_TAG_NAME, 0, 255},
    {IPP_TAG_KEYWORD, 0, 255},
    {IPP_TAG_URI, 0, 1023},
    {IPP_TAG_URISCHEME, 0, 63},
    {IPP_TAG_CHARSET, 0, 63},
    {IPP_TAG_LANGUAGE, 0, 63},
    {IPP_TAG_MIMETYPE, 0, 255},
    {IPP_TAG_MEMBERNAME, 1, IPPSCAN_NAME_MAX},
};

/* A tag that is not listed is refused: libcups keeps such values, and then cannot write them into an answer. */
static enum err check_length(uint8_t tag, size_t len)
{
    for (size_t i = 0; i < sizeof syntaxes / sizeof *syntaxes; i++) {
        const struct syntax *s = &syntaxes[i];

        if (s->tag != tag)
            continue;
        if (len < s->least || (s->least == s->most && len != s->most))
            return ERR_FORMAT;
        return len <= s->most ? OK : ERR_LIMIT;
    }
    return ERR_FORMAT;
}

static int holds_text(uint8_t tag)
{
    return tag >= IPP_TAG_TEXT;
}

/* A group starts, or the attributes end. */
static enum err take_delimiter(struct ippscan *s, uint8_t tag)
{
    if (s->depth > 0)
        return ERR_FORMAT;
    if (tag == IPP_TAG_END) {
        s->done = 1;
        return s->group != 0 ? OK : ERR_FORMAT;
    }
    /* The operation's group is first and comes once (RFC 8011 section 4.1.1). */
    if ((s->group == 0) != (tag == IPP_TAG_OPERATION) || tag == 0)
        return ERR_FORMAT;
    s->group = tag;
    s->in_attribute = 0;
    return OK;
}

/* Where in the nest of attributes, values and members does this element stand, and may it? */
static enum err take_value(struct ippscan *s, uint8_t tag, size_t name_len)
{
    if (s->group == 0)
        return ERR_FORMAT;
    if (++s->values > IPPSCAN_VALUES_MAX)
        return ERR_LIMIT;
    if (s->depth == 0) {
        if (tag == IPP_TAG_MEMBERNAME || tag == IPP_TAG_END_COLLECTION || (name_len == 0 && !s->in_attribute))
            return ERR_FORMAT;
        s->in_attribute = 1;
    } else if (name_len != 0) {
        return ERR_FORMAT;
    }
    if (tag == IPP_TAG_BEGIN_COLLECTION && ++s->depth > IPPSCAN_DEPTH_MAX)
        return ERR_LIMIT;
    if (tag == IPP_TAG_END_COLLECTION)
        s->depth--;
    return OK;
}

/*
 * Scan the element at s->at.
 *   *whole  0: its end has not come yet
 */
static enum err scan_element(struct ippscan *s, int *whole)
{
    struct rbuf b = rbuf_of(s->bytes + s->at, s->len - s->at);
    const uint8_t *name, *value;
    uint16_t name_len, value_len;
    uint8_t tag;
    enum err e;

    *whole = 0;
    if (rbuf_u8(&b, &tag) != OK)
        return OK;
    if (tag < TAG_VALUES_FROM) {
        *whole = 1;
        s->at++;
        return take_delimiter(s, tag);
    }
    /* What is too long is refused when its length is known, not when it has come. */
    if (rbuf_u16(&b, &name_len) != OK)
        return OK;
    if (name_len > IPPSCAN_NAME_MAX)
        return ERR_LIMIT;
    if (rbuf_take(&b, name_len, &name) != OK || rbuf_u16(&b, &value_len) != OK)
        return OK;
    if ((e = check_length(tag, value_len)) != OK)
        return e;
    if (rbuf_take(&b, value_len, &value) != OK)
        return OK;
    /* libcups keeps names and texts as C strings: nothing may hide behind a NUL. */
    if (memchr(name, '\0', name_len) != NULL || (holds_text(tag) && memchr(value, '\0', value_len) != NULL))
        return ERR_FORMAT;
    *whole = 1;
    s->at = s->len - b.left;
    return take_value(s, tag, name_len);
}

static enum err grow(struct ippscan *s, size_t need)
{
    size_t size = s->size != 0 ? s->size : 2048;
    uint8_t *bytes;

    if (need <= s->size)
        return OK;
    while (size < need)
        size *= 2;
    if ((bytes = realloc(s->bytes, size)) == NULL)
        return ERR_NOMEM;
    s->bytes = bytes;
    s->size = size;
    return OK;
}

enum err ippscan_take(struct ippscan *s, const uint8_t *bytes, size_t len, size_t *used)
{
    const size_t before = s->len;
    const size_t take = len < IPPSCAN_BYTES_MAX - before ? len : IPPSCAN_BYTES_MAX - before;
    int whole = 1;
    enum err e;

    if (s->done)
        return ERR_STATE;
    if ((e = grow(s, before + take)) != OK)
        return e;
    memcpy(s->bytes + before, bytes, take);
    s->len += take;
    if (s->at == 0 && s->len >= IPPSCAN_START_LEN)
        s->at = IPPSCAN_START_LEN;
    while (s->at != 0 && whole && !s->done) {
        if ((e = scan_element(s, &whole)) != OK)
            return e;
    }
    if (!s->done && s->len == IPPSCAN_BYTES_MAX)
        return ERR_LIMIT;
    if (s->done) {
        explicit_bzero(s->bytes + s->at, s->len - s->at); /* the document's first bytes */
        s->len = s->at;
    }
    *used = s->len - before;
    return OK;
}

static ssize_t read_some(void *src, ipp_uchar_t *out, size_t len)
{
    struct rbuf *b = src;

    if (len > b->left)
        len = b->left;
    return rbuf_copy(b, out, len) == OK ? (ssize_t)len : -1;
}

enum err ippscan_read(const struct ippscan *s, ipp_t **out)
{
    struct rbuf b = rbuf_of(s->bytes, s->len);
    ipp_t *ipp = NULL;
    enum err e = ERR_NOMEM;

    if ((ipp = ippNew()) == NULL)
        goto out;
    e = ERR_FORMAT;
    if (ippReadIO(&b, read_some, 1, NULL, ipp) != IPP_STATE_DATA || b.left != 0)
        goto out;
    if (!ippValidateAttributes(ipp))
        goto out;
    *out = ipp;
    ipp = NULL;
    e = OK;
out:
    ippDelete(ipp);
    return e;
}
