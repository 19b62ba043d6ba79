/* SPDX-License-Identifier: Apache-2.0 */
/* header: see header.h; the layout is FORMAT.md, "Header". */
#include "crypto/header.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/derive.h"

static const uint8_t MAGIC[8] = {'L', 'A', 'T', 'C', 'H', 'J', 'O', 'B'};

#define VERSION 1

void header_write(const struct job_header *h, uint8_t out[static HEADER_LEN])
{
    struct wbuf b = wbuf_of(out, HEADER_LEN);

    if (wbuf_copy(&b, MAGIC, sizeof MAGIC) || wbuf_u8(&b, VERSION) || wbuf_u8(&b, 0) || wbuf_u16(&b, HEADER_LEN) ||
        wbuf_copy(&b, h->site.b, ID_LEN) || wbuf_copy(&b, h->job.b, ID_LEN) || wbuf_copy(&b, h->node.b, ID_LEN) ||
        wbuf_u32(&b, h->epoch) || wbuf_u64(&b, h->created_unix_ms) || wbuf_copy(&b, h->wrapped_key, WRAP_LEN) ||
        b.len != HEADER_LEN)
        abort(); /* the sum of the fields is a constant: only a change of this function can come here */
}

enum err header_read(const uint8_t *bytes, size_t len, struct job_header *out)
{
    struct rbuf b = rbuf_of(bytes, len);
    struct job_header h = {0};
    uint8_t magic[sizeof MAGIC], version, reserved;
    uint16_t header_len;

    if (rbuf_copy(&b, magic, sizeof magic) || memcmp(magic, MAGIC, sizeof magic) != 0 || rbuf_u8(&b, &version))
        return ERR_FORMAT;
    if (version != VERSION)
        return ERR_UNSUPPORTED;
    if (rbuf_u8(&b, &reserved) || reserved != 0 || rbuf_u16(&b, &header_len) || header_len != HEADER_LEN)
        return ERR_FORMAT;
    if (rbuf_copy(&b, h.site.b, ID_LEN) || rbuf_copy(&b, h.job.b, ID_LEN) || rbuf_copy(&b, h.node.b, ID_LEN) ||
        rbuf_u32(&b, &h.epoch) || rbuf_u64(&b, &h.created_unix_ms) || rbuf_copy(&b, h.wrapped_key, WRAP_LEN))
        return ERR_FORMAT;
    *out = h;
    return OK;
}

enum err header_context(const char *label, size_t label_size, const uint8_t header[static HEADER_LEN],
                        uint8_t out[static HEADER_CONTEXT_LEN])
{
    const struct piece pieces[] = {{label, label_size}, {header, HEADER_LEN}};

    return derive_sha512(pieces, 2, out);
}
