/* SPDX-License-Identifier: Apache-2.0 */
/* journal_record: writer and reader of a record, side by side. */
#include "printscout/courier/journal_record.h"

#include <string.h>

#include "crypto/derive.h"

#define CHECK_LEN 4 /* finds a torn or rotten record; nobody is kept from forging one who can write the folder */

static enum err fields_write(const struct journal_record *r, struct wbuf *b)
{
    enum err e;

    if ((e = wbuf_id(b, r->order)) != OK)
        return e;
    switch (r->type) {
    case JOURNAL_ACCEPTED:
        if ((e = wbuf_id(b, r->job)) != OK || (e = wbuf_copy(b, r->sha256, sizeof r->sha256)) != OK ||
            (e = wbuf_u8(b, r->protocol)) != OK || (e = wbuf_u8(b, r->keep)) != OK ||
            (e = wbuf_copy(b, r->pin, sizeof r->pin)) != OK)
            return e;
        return wbuf_text16(b, r->uri);
    case JOURNAL_SENT:
        return OK;
    case JOURNAL_ANSWERED:
        if ((e = wbuf_copy(b, r->sha256, sizeof r->sha256)) != OK)
            return e;
        return wbuf_bytes16(b, r->report, r->report_len);
    }
    return ERR_FORMAT;
}

static enum err fields_read(struct rbuf *b, struct journal_record *r)
{
    enum err e;

    if ((e = rbuf_id(b, &r->order)) != OK)
        return e;
    switch (r->type) {
    case JOURNAL_ACCEPTED:
        if ((e = rbuf_id(b, &r->job)) != OK || (e = rbuf_copy(b, r->sha256, sizeof r->sha256)) != OK ||
            (e = rbuf_u8(b, &r->protocol)) != OK || (e = rbuf_u8(b, &r->keep)) != OK ||
            (e = rbuf_copy(b, r->pin, sizeof r->pin)) != OK || (e = rbuf_text16(b, r->uri, sizeof r->uri)) != OK)
            return e;
        break;
    case JOURNAL_SENT:
        break;
    case JOURNAL_ANSWERED:
        if ((e = rbuf_copy(b, r->sha256, sizeof r->sha256)) != OK ||
            (e = rbuf_bytes16(b, REPORT_MAX_LEN, &r->report, &r->report_len)) != OK)
            return e;
        break;
    default:
        return ERR_FORMAT;
    }
    return rbuf_end(b);
}

static enum err check_of(const uint8_t *bytes, size_t len, uint8_t out[static 32])
{
    return derive_sha256(&(struct piece){bytes, len}, 1, out);
}

enum err journal_record_write(const struct journal_record *r, struct wbuf *out)
{
    uint8_t fields[JOURNAL_RECORD_MAX], check[32];
    struct wbuf b = wbuf_of(fields, sizeof fields);
    const size_t start = out->len;
    enum err e;

    if ((e = fields_write(r, &b)) != OK || (e = wbuf_u16(out, (uint16_t)b.len)) != OK ||
        (e = wbuf_u8(out, (uint8_t)r->type)) != OK || (e = wbuf_copy(out, b.start, b.len)) != OK)
        return e;
    if ((e = check_of(out->start + start, out->len - start, check)) != OK)
        return e;
    return wbuf_copy(out, check, CHECK_LEN);
}

enum err journal_record_read(struct rbuf *b, struct journal_record *out)
{
    struct rbuf at = *b, fields;
    struct journal_record r = {0};
    const uint8_t *bytes;
    uint8_t check[32], type;
    uint16_t len;
    enum err e;

    if (rbuf_u16(&at, &len) != OK || rbuf_u8(&at, &type) != OK || rbuf_take(&at, (size_t)len + CHECK_LEN, &bytes) != OK)
        return ERR_NOTFOUND;
    if ((e = check_of(b->at, 3 + (size_t)len, check)) != OK)
        return e;
    if (memcmp(check, bytes + len, CHECK_LEN) != 0)
        return ERR_FORMAT;
    fields = rbuf_of(bytes, len);
    r.type = (enum journal_type)type;
    if (fields_read(&fields, &r) != OK)
        return ERR_FORMAT;
    *b = at;
    *out = r;
    return OK;
}
