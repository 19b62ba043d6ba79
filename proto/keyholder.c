/* SPDX-License-Identifier: Apache-2.0 */
/* keyholder: the bodies of its sockets that both sides write and read. The client is keyholder_client.c. */
#include "proto/keyholder.h"

#include <string.h>

static int is_name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* What the layout cannot say. The name stands in the panel's URL. */
static enum err printer_check(const struct printer *p)
{
    if (p->name[0] == '\0')
        return ERR_FORMAT;
    for (const char *c = p->name; *c != '\0'; c++) {
        if (!is_name_character(*c))
            return ERR_FORMAT;
    }
    if ((p->protocol == DELIVERY_RAW) != (p->language[0] != '\0')) /* IPP printers say themselves what they take */
        return ERR_FORMAT;
    return delivery_check(p->protocol, p->uri, p->pin);
}

enum err printer_write(const struct printer *p, struct wbuf *out)
{
    enum err e;

    if ((e = printer_check(p)) != OK)
        return e;
    if ((e = wbuf_id(out, p->id)) != OK || (e = wbuf_text16(out, p->name)) != OK ||
        (e = wbuf_text16(out, p->place)) != OK || (e = wbuf_text16(out, p->uri)) != OK ||
        (e = wbuf_u8(out, p->protocol)) != OK || (e = wbuf_copy(out, p->pin, PIN_LEN)) != OK)
        return e;
    return wbuf_text16(out, p->language);
}

enum err printer_read(struct rbuf *b, struct printer *out)
{
    struct rbuf ahead = *b; /* several follow one another: a failure leaves the cursor where it was */
    struct printer p = {0};
    enum err e;

    if ((e = rbuf_id(&ahead, &p.id)) != OK || (e = rbuf_text16(&ahead, p.name, sizeof p.name)) != OK ||
        (e = rbuf_text16(&ahead, p.place, sizeof p.place)) != OK ||
        (e = rbuf_text16(&ahead, p.uri, sizeof p.uri)) != OK || (e = rbuf_u8(&ahead, &p.protocol)) != OK ||
        (e = rbuf_copy(&ahead, p.pin, PIN_LEN)) != OK ||
        (e = rbuf_text16(&ahead, p.language, sizeof p.language)) != OK || (e = printer_check(&p)) != OK)
        return e;
    *b = ahead;
    *out = p;
    return OK;
}

enum err grant_write(const struct grant *g, struct wbuf *out)
{
    enum err e;

    if (g->description_len > DESCRIPTION_FILE_MAX || g->options_len > OPTIONS_MAX_LEN)
        return ERR_LIMIT;
    if ((e = wbuf_bytes16(out, g->description, g->description_len)) != OK || (e = wbuf_text16(out, g->owner)) != OK ||
        (e = wbuf_text16(out, g->whose)) != OK || (e = wbuf_text16(out, g->person)) != OK ||
        (e = wbuf_u8(out, g->authentication)) != OK || (e = wbuf_u8(out, g->keep)) != OK ||
        (e = wbuf_id(out, g->recipient)) != OK || (e = wbuf_id(out, g->printer)) != OK ||
        (e = wbuf_u8(out, g->source)) != OK || (e = wbuf_id(out, g->blob)) != OK)
        return e;
    return wbuf_bytes16(out, g->options, g->options_len);
}

enum err grant_read(const uint8_t *body, size_t len, struct grant *out)
{
    struct rbuf b = rbuf_of(body, len);
    struct grant g = {0};
    enum err e;

    if ((e = rbuf_bytes16(&b, DESCRIPTION_FILE_MAX, &g.description, &g.description_len)) != OK ||
        (e = rbuf_text16(&b, g.owner, sizeof g.owner)) != OK || (e = rbuf_text16(&b, g.whose, sizeof g.whose)) != OK ||
        (e = rbuf_text16(&b, g.person, sizeof g.person)) != OK || (e = rbuf_u8(&b, &g.authentication)) != OK ||
        (e = rbuf_u8(&b, &g.keep)) != OK || (e = rbuf_id(&b, &g.recipient)) != OK ||
        (e = rbuf_id(&b, &g.printer)) != OK || (e = rbuf_u8(&b, &g.source)) != OK || (e = rbuf_id(&b, &g.blob)) != OK ||
        (e = rbuf_bytes16(&b, OPTIONS_MAX_LEN, &g.options, &g.options_len)) != OK || (e = rbuf_end(&b)) != OK)
        return e;
    *out = g;
    return OK;
}

static enum err delegation_check(const struct delegation *d)
{
    if (d->from[0] == '\0' || d->to[0] == '\0' || strcmp(d->from, d->to) == 0)
        return ERR_FORMAT;
    return d->since_unix_ms < d->until_unix_ms ? OK : ERR_FORMAT;
}

enum err delegation_write(const struct delegation *d, struct wbuf *out)
{
    enum err e;

    if ((e = delegation_check(d)) != OK)
        return e;
    if ((e = wbuf_id(out, d->id)) != OK || (e = wbuf_text16(out, d->from)) != OK ||
        (e = wbuf_text16(out, d->to)) != OK || (e = wbuf_u64(out, d->since_unix_ms)) != OK)
        return e;
    return wbuf_u64(out, d->until_unix_ms);
}

enum err delegation_read(struct rbuf *b, struct delegation *out)
{
    struct rbuf ahead = *b; /* several follow one another: a failure leaves the cursor where it was */
    struct delegation d = {0};
    enum err e;

    if ((e = rbuf_id(&ahead, &d.id)) != OK || (e = rbuf_text16(&ahead, d.from, sizeof d.from)) != OK ||
        (e = rbuf_text16(&ahead, d.to, sizeof d.to)) != OK || (e = rbuf_u64(&ahead, &d.since_unix_ms)) != OK ||
        (e = rbuf_u64(&ahead, &d.until_unix_ms)) != OK || (e = delegation_check(&d)) != OK)
        return e;
    *b = ahead;
    *out = d;
    return OK;
}
