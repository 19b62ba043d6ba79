/* SPDX-License-Identifier: Apache-2.0 */
/* record: opening signed records, and ids in them. Signing is record_sign.c, which only signers link. */
#include "proto/record.h"

enum err record_open(const uint8_t *bytes, size_t len, const char *label, size_t label_size,
                     const uint8_t public_key[static KEY_LEN], struct rbuf *fields)
{
    struct rbuf b;
    uint8_t version;
    enum err e;

    if (len < 1 + SIGNATURE_LEN)
        return ERR_FORMAT;
    b = rbuf_of(bytes, len - SIGNATURE_LEN);
    if ((e = rbuf_u8(&b, &version)) != OK)
        return e;
    if (version != RECORD_VERSION) /* another version may sign in another way: say so before the signature is judged */
        return ERR_UNSUPPORTED;
    if ((e = verify_bytes(label, label_size, bytes, len - SIGNATURE_LEN, public_key, bytes + len - SIGNATURE_LEN)) !=
        OK)
        return e;
    *fields = b;
    return OK;
}

enum err rbuf_id(struct rbuf *b, struct id *out)
{
    return rbuf_copy(b, out->b, ID_LEN);
}

enum err wbuf_id(struct wbuf *b, struct id id)
{
    return wbuf_copy(b, id.b, ID_LEN);
}

enum err rbuf_count(struct rbuf *b, size_t max, size_t *out)
{
    uint8_t n;
    enum err e = rbuf_u8(b, &n);

    if (e != OK)
        return e;
    if (n > max)
        return ERR_LIMIT;
    *out = n;
    return OK;
}
