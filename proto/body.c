/* SPDX-License-Identifier: Apache-2.0 */
/* body: the small bodies of messages that are not records of their own: gone, ack, list. PROTOCOL.md, "Messages". */
#include "proto/closed.h"
#include "proto/message.h"

enum err gone_write(const struct gone *g, struct wbuf *out)
{
    enum err e;

    if (g->reason != CLOSED_CANCELED && g->reason != CLOSED_EXPIRED)
        return ERR_FORMAT;
    return (e = wbuf_id(out, g->job)) != OK ? e : wbuf_u8(out, g->reason);
}

enum err gone_read(const uint8_t *body, size_t len, struct gone *out)
{
    struct rbuf b = rbuf_of(body, len);
    struct gone g;
    enum err e;

    if ((e = rbuf_id(&b, &g.job)) != OK || (e = rbuf_u8(&b, &g.reason)) != OK || (e = rbuf_end(&b)) != OK)
        return e;
    if (g.reason != CLOSED_CANCELED && g.reason != CLOSED_EXPIRED) /* `delivered` is said by a report */
        return ERR_FORMAT;
    *out = g;
    return OK;
}

enum err ack_write(const struct ack *a, struct wbuf *out)
{
    enum err e;

    if (a->result >= ERR_COUNT)
        return ERR_FORMAT;
    return (e = wbuf_id(out, a->message)) != OK ? e : wbuf_u8(out, a->result);
}

enum err ack_read(const uint8_t *body, size_t len, struct ack *out)
{
    struct rbuf b = rbuf_of(body, len);
    struct ack a;
    enum err e;

    if ((e = rbuf_id(&b, &a.message)) != OK || (e = rbuf_u8(&b, &a.result)) != OK || (e = rbuf_end(&b)) != OK)
        return e;
    if (a.result >= ERR_COUNT)
        return ERR_FORMAT;
    *out = a;
    return OK;
}

#define LIST_ENTRY_LEN (ID_LEN + 4)

enum err list_write(const struct list *l, struct wbuf *out)
{
    enum err e;

    if (l->count > LIST_MAX)
        return ERR_LIMIT;
    if (l->part >= l->parts)
        return ERR_FORMAT;
    if ((e = wbuf_id(out, l->nonce)) != OK || (e = wbuf_u16(out, l->part)) != OK ||
        (e = wbuf_u16(out, l->parts)) != OK || (e = wbuf_u16(out, (uint16_t)l->count)) != OK)
        return e;
    for (size_t i = 0; e == OK && i < l->count; i++) {
        if ((e = wbuf_id(out, l->jobs[i].job)) != OK)
            return e;
        e = wbuf_u32(out, l->jobs[i].digest);
    }
    return e;
}

enum err list_read(const uint8_t *body, size_t len, struct list *out)
{
    struct rbuf b = rbuf_of(body, len);
    uint16_t part, parts, count;
    struct id nonce;
    enum err e;

    if ((e = rbuf_id(&b, &nonce)) != OK || (e = rbuf_u16(&b, &part)) != OK || (e = rbuf_u16(&b, &parts)) != OK ||
        (e = rbuf_u16(&b, &count)) != OK)
        return e;
    if (count > LIST_MAX)
        return ERR_LIMIT;
    if (part >= parts || b.left != (size_t)count * LIST_ENTRY_LEN)
        return ERR_FORMAT;
    out->nonce = nonce;
    out->part = part;
    out->parts = parts;
    out->count = count;
    for (size_t i = 0; e == OK && i < count; i++) { /* the length was checked: none of these fails */
        if ((e = rbuf_id(&b, &out->jobs[i].job)) == OK)
            e = rbuf_u32(&b, &out->jobs[i].digest);
    }
    return e;
}
