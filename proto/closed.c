/* SPDX-License-Identifier: Apache-2.0 */
/* closed: fields in the order of PROTOCOL.md, "Closed". */
#include "proto/closed.h"

#include "crypto/label.h"

static int reason_is_sound(uint8_t reason)
{
    return reason >= CLOSED_DELIVERED && reason <= CLOSED_EXPIRED;
}

enum err closed_write(const struct closed *c, struct wbuf *out)
{
    enum err e;

    if (!reason_is_sound(c->reason))
        return ERR_FORMAT;
    if ((e = wbuf_u8(out, RECORD_VERSION)) != OK || (e = wbuf_id(out, c->site)) != OK ||
        (e = wbuf_id(out, c->job)) != OK)
        return e;
    return wbuf_u8(out, c->reason);
}

enum err closed_read(const uint8_t *bytes, size_t len, const uint8_t site_public[static KEY_LEN], struct closed *out)
{
    struct closed c;
    struct rbuf b;
    enum err e;

    if (len != CLOSED_LEN)
        return ERR_FORMAT;
    if ((e = RECORD_OPEN(bytes, len, LABEL_CLOSED, site_public, &b)) != OK)
        return e;
    if ((e = rbuf_id(&b, &c.site)) != OK || (e = rbuf_id(&b, &c.job)) != OK || (e = rbuf_u8(&b, &c.reason)) != OK ||
        (e = rbuf_end(&b)) != OK)
        return e;
    if (!reason_is_sound(c.reason) || !id_equal(c.site, verify_key_id(site_public)))
        return ERR_FORMAT;
    *out = c;
    return OK;
}
