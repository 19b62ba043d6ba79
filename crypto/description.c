/* SPDX-License-Identifier: Apache-2.0 */
/* description: see description.h; the layout is FORMAT.md, "Description". */
#include "crypto/description.h"

#include <string.h>

#include "crypto/derive.h"
#include "crypto/label.h"
#include "crypto/padding.h"

enum err description_write(const struct description *d, uint8_t *out, size_t *outlen)
{
    struct wbuf b = wbuf_of(out, DESCRIPTION_MAX_PLAIN);
    size_t owner_len = strlen(d->owner);
    enum err e;

    if (owner_len > OWNER_MAX_LEN || d->ticket_len > DESCRIPTION_MAX_PLAIN)
        return ERR_LIMIT;
    if (owner_len == 0 || !text_is_clean(d->owner, owner_len))
        return ERR_FORMAT;
    if ((e = wbuf_u32(&b, d->number)) != OK || (e = wbuf_copy(&b, d->payload_prefix, CHUNKED_PREFIX_LEN)) != OK ||
        (e = wbuf_u64(&b, d->payload_len)) != OK || (e = wbuf_text16(&b, d->owner)) != OK ||
        (e = wbuf_u32(&b, (uint32_t)d->ticket_len)) != OK || (e = wbuf_copy(&b, d->ticket, d->ticket_len)) != OK)
        return e;
    return padding_add(out, b.len, DESCRIPTION_MAX_PADDED, outlen);
}

enum err description_read(const uint8_t *plain, size_t len, char owner[static OWNER_MAX_LEN + 1], struct description *d)
{
    struct description read = {.owner = owner};
    uint64_t document_len;
    uint32_t ticket_len;
    size_t unpadded;
    struct rbuf b;
    enum err e;

    if ((e = padding_strip(plain, len, &unpadded)) != OK)
        return e;
    b = rbuf_of(plain, unpadded);
    if ((e = rbuf_u32(&b, &read.number)) != OK || (e = rbuf_copy(&b, read.payload_prefix, CHUNKED_PREFIX_LEN)) != OK ||
        (e = rbuf_u64(&b, &read.payload_len)) != OK || (e = rbuf_text16(&b, owner, OWNER_MAX_LEN + 1)) != OK ||
        (e = rbuf_u32(&b, &ticket_len)) != OK || (e = rbuf_take(&b, ticket_len, &read.ticket)) != OK ||
        (e = rbuf_end(&b)) != OK)
        return e;
    if (owner[0] == '\0' || chunked_plain_len(read.payload_len, &document_len) != OK)
        return ERR_FORMAT;
    read.ticket_len = ticket_len;
    *d = read;
    return OK;
}

enum err description_key(const uint8_t job_key[static KEY_LEN], uint8_t out[static KEY_LEN])
{
    const struct piece info[] = {LABEL_PIECE(LABEL_DESCRIPTION_KEY)};

    return derive_hkdf_expand(job_key, KEY_LEN, info, 1, out, KEY_LEN);
}
