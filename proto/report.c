/* SPDX-License-Identifier: Apache-2.0 */
/* report: fields in the order of PROTOCOL.md, "Report". */
#include "proto/report.h"

#include "crypto/label.h"

static enum err check(const struct report *r)
{
    if (r->state <= JOB_NONE || r->state >= JOB_STATE_COUNT || r->reason >= JOB_REASON_COUNT)
        return ERR_FORMAT;
    return r->terminal > 1 || r->confirmed > 1 ? ERR_FORMAT : OK;
}

enum err report_write(const struct report *r, struct wbuf *out)
{
    enum err e;

    if ((e = check(r)) != OK)
        return e;
    if ((e = wbuf_u8(out, RECORD_VERSION)) != OK || (e = wbuf_id(out, r->site)) != OK ||
        (e = wbuf_id(out, r->order)) != OK || (e = wbuf_id(out, r->job)) != OK || (e = wbuf_id(out, r->node)) != OK ||
        (e = wbuf_u8(out, r->state)) != OK || (e = wbuf_u8(out, r->reason)) != OK ||
        (e = wbuf_u8(out, r->terminal)) != OK || (e = wbuf_u8(out, r->confirmed)) != OK ||
        (e = wbuf_u64(out, r->sent_bytes)) != OK || (e = wbuf_u32(out, r->impressions)) != OK ||
        (e = wbuf_text16(out, r->printer_state_reasons)) != OK)
        return e;
    return wbuf_copy(out, r->hello_public, KEY_LEN);
}

static enum err fields_read(struct rbuf *b, struct report *r)
{
    enum err e;

    if ((e = rbuf_id(b, &r->site)) != OK || (e = rbuf_id(b, &r->order)) != OK || (e = rbuf_id(b, &r->job)) != OK ||
        (e = rbuf_id(b, &r->node)) != OK || (e = rbuf_u8(b, &r->state)) != OK || (e = rbuf_u8(b, &r->reason)) != OK ||
        (e = rbuf_u8(b, &r->terminal)) != OK || (e = rbuf_u8(b, &r->confirmed)) != OK ||
        (e = rbuf_u64(b, &r->sent_bytes)) != OK || (e = rbuf_u32(b, &r->impressions)) != OK ||
        (e = rbuf_text16(b, r->printer_state_reasons, STATE_REASONS_SIZE)) != OK ||
        (e = rbuf_copy(b, r->hello_public, KEY_LEN)) != OK)
        return e;
    return rbuf_end(b);
}

enum err report_read(const uint8_t *bytes, size_t len, const uint8_t node_public[static KEY_LEN], struct report *out)
{
    struct report r;
    struct rbuf b;
    enum err e;

    if (len > REPORT_MAX_LEN)
        return ERR_LIMIT;
    if ((e = RECORD_OPEN(bytes, len, LABEL_REPORT, node_public, &b)) != OK)
        return e;
    if ((e = fields_read(&b, &r)) != OK || (e = check(&r)) != OK)
        return e;
    if (!id_equal(r.node, verify_key_id(node_public)))
        return ERR_FORMAT;
    *out = r;
    return OK;
}

/* The ids and the three bytes behind them, of a record that nobody has checked. */
static enum err head_read(const uint8_t *bytes, size_t len, struct report *r)
{
    struct rbuf b = rbuf_of(bytes, len);
    uint8_t version;
    enum err e;

    if (len > REPORT_MAX_LEN)
        return ERR_LIMIT;
    if ((e = rbuf_u8(&b, &version)) != OK)
        return e;
    if (version != RECORD_VERSION)
        return ERR_UNSUPPORTED;
    if ((e = rbuf_id(&b, &r->site)) != OK || (e = rbuf_id(&b, &r->order)) != OK || (e = rbuf_id(&b, &r->job)) != OK ||
        (e = rbuf_id(&b, &r->node)) != OK || (e = rbuf_u8(&b, &r->state)) != OK || (e = rbuf_u8(&b, &r->reason)) != OK)
        return e;
    return rbuf_u8(&b, &r->terminal);
}

enum err report_peek(const uint8_t *bytes, size_t len, struct id *order, struct id *node)
{
    struct report r;
    enum err e = head_read(bytes, len, &r);

    if (e != OK)
        return e;
    *order = r.order;
    *node = r.node;
    return OK;
}

int report_says_terminal(const uint8_t *bytes, size_t len)
{
    struct report r;

    return head_read(bytes, len, &r) == OK && r.terminal == 1;
}
