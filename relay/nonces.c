/* SPDX-License-Identifier: Apache-2.0 */
/* nonces: time 8 · random 8 · BLAKE2b of both under the key, 16. */
#include "relay/nonces.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/buf.h"

#define PLAIN_LEN 16
#define MAC_LEN   (NONCE_LEN - PLAIN_LEN)

void nonces_start(struct nonces *n)
{
    randombytes_buf(n->key, sizeof n->key);
}

static void mac_of(const struct nonces *n, const uint8_t *plain, uint8_t mac[static MAC_LEN])
{
    if (crypto_generichash(mac, MAC_LEN, plain, PLAIN_LEN, n->key, sizeof n->key) != 0)
        abort(); /* only for lengths that it does not take */
}

void nonces_make(const struct nonces *n, uint64_t now_boot_ms, uint8_t out[static NONCE_LEN])
{
    struct wbuf w = wbuf_of(out, NONCE_LEN);

    randombytes_buf(out, PLAIN_LEN);
    if (wbuf_u64(&w, now_boot_ms) != OK)
        abort(); /* eight bytes fit into 32 */
    mac_of(n, out, out + PLAIN_LEN);
}

enum err nonces_check(const struct nonces *n, uint64_t now_boot_ms, const uint8_t nonce[static NONCE_LEN])
{
    struct rbuf r = rbuf_of(nonce, NONCE_LEN);
    uint8_t mac[MAC_LEN];
    uint64_t made;
    enum err e;

    mac_of(n, nonce, mac);
    if (sodium_memcmp(mac, nonce + PLAIN_LEN, MAC_LEN) != 0)
        return ERR_AUTH;
    if ((e = rbuf_u64(&r, &made)) != OK)
        return e;
    return made <= now_boot_ms && now_boot_ms - made < NONCE_LIFE_MS ? OK : ERR_EXPIRED;
}
