/* SPDX-License-Identifier: Apache-2.0 */
/* hello: fields in the order of PROTOCOL.md, "Hello". */
#include "proto/hello.h"

#include "crypto/label.h"

enum err hello_write(const struct hello *h, struct wbuf *out)
{
    enum err e;

    if ((e = wbuf_u8(out, RECORD_VERSION)) != OK || (e = wbuf_copy(out, h->certificate_bytes, CERTIFICATE_LEN)) != OK ||
        (e = wbuf_copy(out, h->hello_public, KEY_LEN)) != OK)
        return e;
    return wbuf_u64(out, h->boot_ms);
}

enum err hello_read(const uint8_t *bytes, size_t len, const uint8_t site_public[static KEY_LEN], struct hello *out)
{
    struct hello h;
    struct rbuf b;
    enum err e;

    if (len != HELLO_LEN)
        return ERR_FORMAT;
    /* The key that signed stands in the record itself; the site's word for it, the certificate, is checked first. */
    if ((e = certificate_read(bytes + 1, CERTIFICATE_LEN, site_public, &h.certificate)) != OK)
        return e;
    if ((e = RECORD_OPEN(bytes, len, LABEL_HELLO, h.certificate.sign_public, &b)) != OK)
        return e;
    if ((e = rbuf_copy(&b, h.certificate_bytes, CERTIFICATE_LEN)) != OK ||
        (e = rbuf_copy(&b, h.hello_public, KEY_LEN)) != OK || (e = rbuf_u64(&b, &h.boot_ms)) != OK ||
        (e = rbuf_end(&b)) != OK)
        return e;
    *out = h;
    return OK;
}
