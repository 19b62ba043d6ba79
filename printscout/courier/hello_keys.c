/* SPDX-License-Identifier: Apache-2.0 */
/* hello_keys: a ring. Several relays may come up in one second, each with a hello of its own. */
#include "printscout/courier/hello_keys.h"

#include <string.h>

#include "crypto/nodekeys.h"

#define KEPT 8 /* the current one, and as many before it as eight relays coming up at once replace */

struct pair {
    uint8_t secret_key[KEY_LEN];
    uint8_t public_key[KEY_LEN];
    uint64_t until_ms; /* 0: empty; UINT64_MAX: current */
};

struct hello_keys { /* in locked memory */
    struct pair pairs[KEPT];
    size_t current;
};

enum err hello_keys_new(struct hello_keys **out)
{
    struct hello_keys *k = secret_new(sizeof *k);
    enum err e = ERR_NOMEM;

    if (k == NULL)
        goto out;
    if ((e = hello_keys_renew(k, 0)) != OK)
        goto out;
    *out = k; /* the caller owns it now */
    k = NULL;
out:
    hello_keys_free(k);
    return e;
}

void hello_keys_free(struct hello_keys *k)
{
    secret_free(k);
}

enum err hello_keys_renew(struct hello_keys *k, uint64_t now_ms)
{
    size_t next = (k->current + 1) % KEPT;
    struct pair *p = &k->pairs[next];
    enum err e;

    secret_wipe(p, sizeof *p);
    if ((e = box_pair_new(p->public_key, p->secret_key)) != OK)
        return e;
    p->until_ms = UINT64_MAX;
    if (k->pairs[k->current].until_ms == UINT64_MAX)
        k->pairs[k->current].until_ms = now_ms + HELLO_KEEP_MS;
    k->current = next;
    hello_keys_expire(k, now_ms);
    return OK;
}

void hello_keys_expire(struct hello_keys *k, uint64_t now_ms)
{
    for (size_t i = 0; i < KEPT; i++) {
        if (k->pairs[i].until_ms != 0 && k->pairs[i].until_ms <= now_ms)
            secret_wipe(&k->pairs[i], sizeof k->pairs[i]);
    }
}

const uint8_t *hello_keys_public(const struct hello_keys *k)
{
    return k->pairs[k->current].public_key;
}

const uint8_t *hello_keys_find(struct hello_keys *k, const uint8_t public_key[static KEY_LEN], uint64_t now_ms)
{
    hello_keys_expire(k, now_ms);
    for (size_t i = 0; i < KEPT; i++) {
        if (k->pairs[i].until_ms != 0 && memcmp(k->pairs[i].public_key, public_key, KEY_LEN) == 0)
            return k->pairs[i].secret_key;
    }
    return NULL;
}
