/* SPDX-License-Identifier: Apache-2.0 */
/* invitation: the one-time code as a person pastes it. PROTOCOL.md, "Invitation code"; the header is join.h. */
#include <string.h>

#include "crypto/derive.h"
#include "proto/base32.h"
#include "proto/join.h"

#define CHECK_LEN    4
#define CODE_MAX_LEN (1 + CODE_SECRET_LEN + ID_LEN + 4 + PIN_LEN + 2 + (RELAY_URL_SIZE - 1) + CHECK_LEN)

_Static_assert(BASE32_SIZE(CODE_MAX_LEN) <= CODE_TEXT_MAX, "the longest code fits its text");

static enum err check_bytes(const uint8_t *bytes, size_t len, uint8_t out[static CHECK_LEN])
{
    const struct piece all = {bytes, len};
    uint8_t hash[32];
    enum err e = derive_sha256(&all, 1, hash);

    if (e == OK)
        memcpy(out, hash, CHECK_LEN);
    return e;
}

static enum err fields_write(const struct invitation *i, struct wbuf *out)
{
    enum err e;

    if ((e = wbuf_u8(out, RECORD_VERSION)) != OK || (e = wbuf_copy(out, i->secret, CODE_SECRET_LEN)) != OK ||
        (e = wbuf_id(out, i->site)) != OK || (e = wbuf_u32(out, i->bulletin_least)) != OK ||
        (e = wbuf_copy(out, i->relay_pin, PIN_LEN)) != OK)
        return e;
    return wbuf_text16(out, i->relay_url);
}

enum err invitation_write(const struct invitation *i, char text[static CODE_TEXT_MAX])
{
    uint8_t code[CODE_MAX_LEN], check[CHECK_LEN];
    struct wbuf b = wbuf_of(code, sizeof code);
    enum err e = ERR_FORMAT;

    if (!relay_url_is_sound(i->relay_url))
        goto out;
    if ((e = fields_write(i, &b)) != OK || (e = check_bytes(b.start, b.len, check)) != OK ||
        (e = wbuf_copy(&b, check, sizeof check)) != OK)
        goto out;
    base32_write(b.start, b.len, text);
out:
    secret_wipe(code, sizeof code);
    return e;
}

static enum err fields_read(struct rbuf *b, struct invitation *i)
{
    uint8_t version;
    enum err e;

    if ((e = rbuf_u8(b, &version)) != OK)
        return e;
    if (version != RECORD_VERSION)
        return ERR_UNSUPPORTED;
    if ((e = rbuf_copy(b, i->secret, CODE_SECRET_LEN)) != OK || (e = rbuf_id(b, &i->site)) != OK ||
        (e = rbuf_u32(b, &i->bulletin_least)) != OK || (e = rbuf_copy(b, i->relay_pin, PIN_LEN)) != OK ||
        (e = rbuf_text16(b, i->relay_url, RELAY_URL_SIZE)) != OK || (e = rbuf_end(b)) != OK)
        return e;
    return relay_url_is_sound(i->relay_url) ? OK : ERR_FORMAT;
}

enum err invitation_read(const char *text, struct invitation *out)
{
    uint8_t code[CODE_MAX_LEN], check[CHECK_LEN];
    struct invitation i = {0};
    struct rbuf b;
    size_t len;
    enum err e = ERR_FORMAT;

    if (base32_read(text, code, sizeof code, &len) != OK || len < CHECK_LEN)
        goto out;
    if ((e = check_bytes(code, len - CHECK_LEN, check)) != OK)
        goto out;
    e = ERR_FORMAT; /* before the version is looked at: a slip of the pen is no newer version */
    if (memcmp(check, code + len - CHECK_LEN, CHECK_LEN) != 0)
        goto out;
    b = rbuf_of(code, len - CHECK_LEN);
    if ((e = fields_read(&b, &i)) != OK)
        goto out;
    *out = i;
out:
    secret_wipe(code, sizeof code);
    secret_wipe(&i, sizeof i);
    return e;
}
