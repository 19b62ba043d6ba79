/* SPDX-License-Identifier: Apache-2.0 */
/* envelope_seal: see envelope.h. Apart from opening, so that the queue can link the one and not the other. */
#include "crypto/envelope.h"

#include <sodium.h>
#include <string.h>

#include "crypto/padding.h"

_Static_assert(ENVELOPE_OVERHEAD == crypto_box_SEALBYTES, "the overhead is libsodium's");

enum err envelope_seal(const uint8_t recipient_box_public[static KEY_LEN], const uint8_t *plain, size_t len,
                       uint8_t *out, size_t *outlen)
{
    uint8_t *padded = NULL;
    size_t padded_len;
    enum err e = ERR_LIMIT;

    if (len > ENVELOPE_MAX_PLAIN)
        goto out;
    e = ERR_NOMEM;
    if ((padded = secret_new(padding_class(len))) == NULL)
        goto out;
    if (len > 0)
        memcpy(padded, plain, len);
    if ((e = padding_add(padded, len, padding_class(len), &padded_len)) != OK)
        goto out;
    e = ERR_AUTH;
    if (crypto_box_seal(out, padded, padded_len, recipient_box_public) != 0)
        goto out;
    *outlen = padded_len + ENVELOPE_OVERHEAD;
    e = OK;
out:
    secret_free(padded);
    return e;
}
