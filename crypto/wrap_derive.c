/* SPDX-License-Identifier: Apache-2.0 */
/* wrap_derive: see wrap_derive.h, and the info of the two uses, see wrap.h. */
#include "crypto/wrap_derive.h"

#include <sodium.h>
#include <string.h>

#include "crypto/label.h"
#include "crypto/wrap.h"

const uint8_t WRAP_NONCE[12] = {0};

enum err wrap_derive(const struct wrap_derive *w, const struct piece *info, size_t count, uint8_t out[static KEY_LEN])
{
    uint8_t salt[2 * KEY_LEN];
    uint8_t *shared = secret_new(KEY_LEN);
    enum err e = ERR_NOMEM;

    if (shared == NULL)
        goto out;
    memcpy(salt, w->ephemeral_public, KEY_LEN);
    memcpy(salt + KEY_LEN, w->recipient_public, KEY_LEN);
    e = ERR_AUTH;
    if (crypto_scalarmult(shared, w->secret_key, w->peer_public_key) != 0)
        goto out;
    e = derive_hkdf(salt, sizeof salt, shared, KEY_LEN, info, count, out, KEY_LEN);
out:
    secret_free(shared);
    return e;
}

static void set_pieces(struct wrap_info *w, const char *label, size_t label_size, size_t stored)
{
    w->pieces[0] = (struct piece){label, label_size};
    w->pieces[1] = (struct piece){w->store, stored};
}

void wrap_info_job(struct wrap_info *w, struct id site, struct id job, uint32_t epoch)
{
    memcpy(w->store, site.b, ID_LEN);
    memcpy(w->store + ID_LEN, job.b, ID_LEN);
    for (int i = 0; i < 4; i++)
        w->store[2 * ID_LEN + i] = (uint8_t)(epoch >> (24 - 8 * i));
    set_pieces(w, LABEL_WRAP, sizeof LABEL_WRAP, 2 * ID_LEN + 4);
}

void wrap_info_grant(struct wrap_info *w, struct id site, struct id order)
{
    memcpy(w->store, site.b, ID_LEN);
    memcpy(w->store + ID_LEN, order.b, ID_LEN);
    set_pieces(w, LABEL_GRANT, sizeof LABEL_GRANT, 2 * ID_LEN);
}
