/* SPDX-License-Identifier: Apache-2.0 */
/* message: signed inside, sealed outside. Fields in the order of PROTOCOL.md, "Messages". */
#include "proto/message.h"

#include <string.h>

#include "crypto/label.h"

static enum err fields_write(const struct message *m, struct wbuf *out)
{
    enum err e;

    if ((e = wbuf_u8(out, RECORD_VERSION)) != OK || (e = wbuf_u8(out, m->type)) != OK ||
        (e = wbuf_id(out, m->recipient)) != OK || (e = wbuf_id(out, m->sender)) != OK ||
        (e = wbuf_id(out, m->id)) != OK || (e = wbuf_u64(out, m->sequence)) != OK ||
        (e = wbuf_u64(out, m->seen)) != OK || (e = wbuf_u32(out, (uint32_t)m->body_len)) != OK)
        return e;
    return wbuf_copy(out, m->body, m->body_len);
}

enum err message_seal(const struct message *m, const struct node_keys *from,
                      const uint8_t recipient_box_public[static KEY_LEN], uint8_t *out, size_t *outlen)
{
    uint8_t plain[ENVELOPE_MAX_PLAIN], signature[SIGNATURE_LEN];
    struct wbuf b = wbuf_of(plain, sizeof plain);
    enum err e;

    if (m->body_len > MESSAGE_BODY_MAX)
        return ERR_LIMIT;
    if (m->type < MSG_HELLO || m->type >= MSG_TYPE_COUNT || !id_equal(m->sender, from->node))
        return ERR_FORMAT;
    if ((e = fields_write(m, &b)) != OK)
        return e;
    if ((e = SIGN(LABEL_MESSAGE, b.start, b.len, from->sign_secret, signature)) != OK)
        return e;
    if ((e = wbuf_copy(&b, signature, sizeof signature)) != OK)
        return e;
    return envelope_seal(recipient_box_public, b.start, b.len, out, outlen);
}

static enum err fields_read(struct rbuf *b, struct message *m)
{
    uint32_t body_len;
    uint8_t version;
    enum err e;

    if ((e = rbuf_u8(b, &version)) != OK)
        return e;
    if (version != RECORD_VERSION)
        return ERR_UNSUPPORTED;
    if ((e = rbuf_u8(b, &m->type)) != OK || (e = rbuf_id(b, &m->recipient)) != OK ||
        (e = rbuf_id(b, &m->sender)) != OK || (e = rbuf_id(b, &m->id)) != OK || (e = rbuf_u64(b, &m->sequence)) != OK ||
        (e = rbuf_u64(b, &m->seen)) != OK || (e = rbuf_u32(b, &body_len)) != OK ||
        (e = rbuf_take(b, body_len, &m->body)) != OK)
        return e;
    m->body_len = body_len;
    if (m->type < MSG_HELLO || m->type >= MSG_TYPE_COUNT)
        return ERR_UNSUPPORTED;
    return b->left == SIGNATURE_LEN ? OK : ERR_FORMAT;
}

enum err message_open(const uint8_t *sealed, size_t len, const struct node_keys *to, uint8_t *plain, size_t *plain_len,
                      struct message *m)
{
    struct message found = {0};
    struct rbuf b;
    enum err e;

    if ((e = envelope_open(to->box_public, to->box_secret, sealed, len, plain, plain_len)) != OK)
        return e;
    b = rbuf_of(plain, *plain_len);
    if ((e = fields_read(&b, &found)) != OK)
        return e;
    if (!id_equal(found.recipient, to->node)) /* else a peer could pass on, as meant for us, what was meant for it */
        return ERR_REFUSED;
    *m = found;
    return OK;
}

enum err message_verify(const uint8_t *plain, size_t plain_len, const struct message *m,
                        const uint8_t sign_public[static KEY_LEN])
{
    if (plain_len < MESSAGE_OVERHEAD)
        return ERR_FORMAT;
    if (!id_equal(m->sender, verify_key_id(sign_public)))
        return ERR_AUTH;
    return VERIFY(LABEL_MESSAGE, plain, plain_len - SIGNATURE_LEN, sign_public, plain + plain_len - SIGNATURE_LEN);
}
