/* SPDX-License-Identifier: Apache-2.0 */
/* record_sign: the signature that closes a record. */
#include "proto/record.h"

enum err record_sign(struct wbuf *b, const char *label, size_t label_size,
                     const uint8_t secret_key[static SIGN_SECRET_LEN])
{
    uint8_t signature[SIGNATURE_LEN];
    enum err e = sign_bytes(label, label_size, b->start, b->len, secret_key, signature);

    return e != OK ? e : wbuf_copy(b, signature, sizeof signature);
}
