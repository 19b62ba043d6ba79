/* SPDX-License-Identifier: Apache-2.0 */
/* join: what a new node and its site say to each other. PROTOCOL.md, "Join request" and "Join answer". */
#include "proto/join.h"

#include <string.h>

#include "crypto/derive.h"
#include "crypto/label.h"

#define MAC_LEN 64

_Static_assert(JOIN_REQUEST_LEN == 1 + CODE_ID_LEN + ID_LEN + KEY_LEN + KEY_LEN + 16 + MAC_LEN, "PROTOCOL.md");

enum err join_derive(const uint8_t secret[static CODE_SECRET_LEN], struct id site, struct join_keys *out)
{
    const struct piece code_info = LABEL_PIECE(LABEL_JOIN_CODE), token_info = LABEL_PIECE(LABEL_JOIN_TOKEN);
    const struct piece token = {out->token, KEY_LEN};
    enum err e;

    if ((e = derive_hkdf(site.b, ID_LEN, secret, CODE_SECRET_LEN, &code_info, 1, out->code_key, KEY_LEN)) != OK ||
        (e = derive_hkdf(site.b, ID_LEN, secret, CODE_SECRET_LEN, &token_info, 1, out->token, KEY_LEN)) != OK ||
        (e = derive_sha256(&token, 1, out->door)) != OK) {
        secret_wipe(out, sizeof *out);
        return e;
    }
    memcpy(out->code_id, out->door, CODE_ID_LEN);
    return OK;
}

static enum err mac(const uint8_t *bytes, size_t len, const uint8_t code_key[static KEY_LEN],
                    uint8_t out[static MAC_LEN])
{
    const struct piece pieces[] = {LABEL_PIECE(LABEL_JOIN), {bytes, len}};

    return derive_hmac_sha512(code_key, KEY_LEN, pieces, 2, out);
}

enum err join_request_write(const struct join_request *r, const uint8_t code_key[static KEY_LEN], struct wbuf *out)
{
    size_t before = out->len;
    uint8_t m[MAC_LEN];
    enum err e;

    if ((e = wbuf_u8(out, RECORD_VERSION)) != OK || (e = wbuf_copy(out, r->code_id, CODE_ID_LEN)) != OK ||
        (e = wbuf_id(out, r->site)) != OK || (e = wbuf_copy(out, r->sign_public, KEY_LEN)) != OK ||
        (e = wbuf_copy(out, r->box_public, KEY_LEN)) != OK || (e = wbuf_copy(out, r->nonce, sizeof r->nonce)) != OK)
        return e;
    if ((e = mac(out->start + before, out->len - before, code_key, m)) != OK)
        return e;
    return wbuf_copy(out, m, sizeof m);
}

enum err join_request_read(const uint8_t *bytes, size_t len, struct join_request *out)
{
    struct rbuf b = rbuf_of(bytes, len);
    struct join_request r;
    uint8_t version;
    enum err e;

    if (len != JOIN_REQUEST_LEN)
        return ERR_FORMAT;
    if ((e = rbuf_u8(&b, &version)) != OK)
        return e;
    if (version != RECORD_VERSION)
        return ERR_UNSUPPORTED;
    if ((e = rbuf_copy(&b, r.code_id, CODE_ID_LEN)) != OK || (e = rbuf_id(&b, &r.site)) != OK ||
        (e = rbuf_copy(&b, r.sign_public, KEY_LEN)) != OK || (e = rbuf_copy(&b, r.box_public, KEY_LEN)) != OK ||
        (e = rbuf_copy(&b, r.nonce, sizeof r.nonce)) != OK)
        return e;
    *out = r;
    return OK;
}

enum err join_request_check(const uint8_t *bytes, size_t len, const uint8_t code_key[static KEY_LEN])
{
    uint8_t m[MAC_LEN];
    enum err e;

    if (len != JOIN_REQUEST_LEN)
        return ERR_FORMAT;
    if ((e = mac(bytes, len - MAC_LEN, code_key, m)) != OK)
        return e;
    e = secret_equal(m, bytes + len - MAC_LEN, MAC_LEN) ? OK : ERR_AUTH;
    secret_wipe(m, sizeof m); /* it would make a forged request pass */
    return e;
}

enum err join_answer_write(const struct join_answer *a, struct wbuf *out)
{
    enum err e;

    if ((e = wbuf_u8(out, RECORD_VERSION)) != OK ||
        (e = wbuf_copy(out, a->request_sha256, sizeof a->request_sha256)) != OK ||
        (e = wbuf_copy(out, a->certificate, CERTIFICATE_LEN)) != OK)
        return e;
    return wbuf_text16(out, a->person);
}

enum err join_answer_read(const uint8_t *bytes, size_t len, struct join_answer *out)
{
    struct rbuf b = rbuf_of(bytes, len);
    struct join_answer a;
    uint8_t version;
    enum err e;

    if ((e = rbuf_u8(&b, &version)) != OK)
        return e;
    if (version != RECORD_VERSION)
        return ERR_UNSUPPORTED;
    if ((e = rbuf_copy(&b, a.request_sha256, sizeof a.request_sha256)) != OK ||
        (e = rbuf_copy(&b, a.certificate, CERTIFICATE_LEN)) != OK ||
        (e = rbuf_text16(&b, a.person, PERSON_SIZE)) != OK || (e = rbuf_end(&b)) != OK)
        return e;
    *out = a;
    return OK;
}
