/* SPDX-License-Identifier: Apache-2.0 */
/* ippscan: see ippscan.h. */
#include "printscout/queue/ippscan.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define TAG_VALUES_FROM 0x10 /* below are the delimiters */
#define TAG_EXTENSION   0x7f /* libcups reads its length differently from RFC 8010, and nobody sends it */

void ippscan_free(struct ippscan *s)
{
    free(s->bytes);
    *s = (struct ippscan){0};
}

/* RFC 8011 section 5.1: the sizes that each syntax allows. */
static enum err check_length(uint8_t tag, size_t len)
{
    size_t least = 0, most = 1023;

    if (tag < IPP_TAG_INTEGER) /* unsupported, unknown, no-value and their kind */
        return len == 0 ? OK : ERR_FORMAT;
    switch (tag) {
    case IPP_TAG_INTEGER:
    case IPP_TAG_ENUM:
        least = most = 4;
        break;
    case IPP_TAG_BOOLEAN:
        least = most = 1;
        break;
    case IPP_TAG_DATE:
        least = most = 11;
        break;
    case IPP_TAG_RESOLUTION:
        least = most = 9;
        break;
    case IPP_TAG_RANGE:
        least = most = 8;
        break;
    case IPP_TAG_BEGIN_COLLECTION:
    case IPP_TAG_END_COLLECTION:
        most = 0;
        break;
    case IPP_TAG_TEXTLANG:
    case IPP_TAG_NAMELANG:
        least = 4;
        most = 4 + 63 + 1023;
        break;
    case IPP_TAG_MEMBERNAME:
        least = 1;
        most = IPPSCAN_NAME_MAX;
        break;
    case IPP_TAG_NAME:
    case IPP_TAG_KEYWORD:
    case IPP_TAG_MIMETYPE:
        most = 255;
        break;
    case IPP_TAG_CHARSET:
    case IPP_TAG_LANGUAGE:
    case IPP_TAG_URISCHEME:
        most = 63;
        break;
    default:
        break;
    }
    if (least == most)
        return len == most ? OK : ERR_FORMAT;
    return len < least ? ERR_FORMAT : len > most ? ERR_LIMIT : OK;
}

static int holds_text(uint8_t tag)
{
    return (tag >= 0x40 && tag < TAG_EXTENSION) || tag == IPP_TAG_TEXT;
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
    if (s->group == 0 || tag == TAG_EXTENSION)
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
    if (s->done)
        s->len = s->at;
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
