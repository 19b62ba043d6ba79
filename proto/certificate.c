/* SPDX-License-Identifier: Apache-2.0 */
/* certificate: fields in the order of PROTOCOL.md, "Certificate". */
#include "proto/certificate.h"

#include "crypto/label.h"

#define ROLES_KNOWN (ROLE_ORIGIN | ROLE_DELIVER | ROLE_DEVICESCOUT)

static int roles_are_sound(uint8_t roles)
{
    return roles != 0 && (roles & ~ROLES_KNOWN) == 0;
}

enum err certificate_write(const struct certificate *c, struct wbuf *out)
{
    enum err e;

    if (!roles_are_sound(c->roles))
        return ERR_FORMAT;
    if ((e = wbuf_u8(out, RECORD_VERSION)) != OK || (e = wbuf_id(out, c->site)) != OK ||
        (e = wbuf_copy(out, c->sign_public, KEY_LEN)) != OK || (e = wbuf_copy(out, c->box_public, KEY_LEN)) != OK ||
        (e = wbuf_u8(out, c->roles)) != OK)
        return e;
    return wbuf_u16(out, c->serial);
}

enum err certificate_read(const uint8_t *bytes, size_t len, const uint8_t site_public[static KEY_LEN],
                          struct certificate *out)
{
    struct certificate c;
    struct rbuf b;
    enum err e;

    if (len != CERTIFICATE_LEN)
        return ERR_FORMAT;
    if ((e = RECORD_OPEN(bytes, len, LABEL_CERTIFICATE, site_public, &b)) != OK)
        return e;
    if ((e = rbuf_id(&b, &c.site)) != OK || (e = rbuf_copy(&b, c.sign_public, KEY_LEN)) != OK ||
        (e = rbuf_copy(&b, c.box_public, KEY_LEN)) != OK || (e = rbuf_u8(&b, &c.roles)) != OK ||
        (e = rbuf_u16(&b, &c.serial)) != OK || (e = rbuf_end(&b)) != OK)
        return e;
    if (!roles_are_sound(c.roles) || !id_equal(c.site, verify_key_id(site_public)))
        return ERR_FORMAT;
    c.node = verify_key_id(c.sign_public);
    *out = c;
    return OK;
}
