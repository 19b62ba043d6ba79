/* SPDX-License-Identifier: Apache-2.0 */
/* verdicts: see verdicts.h. */
#include "printscout/queue/verdicts.h"

#include <string.h>

#include "crypto/derive.h"

struct entry {
    uint8_t verifier[VERIFIER_LEN];
    uint64_t until_ms; /* CLOCK_BOOTTIME; 0: empty */
    struct verdict verdict;
};

struct verdicts {
    uint8_t key[KEY_LEN];
    struct entry entries[VERDICTS_MAX];
};

enum err verdicts_new(struct verdicts **out)
{
    struct verdicts *v = secret_new(sizeof *v);

    if (v == NULL)
        return ERR_NOMEM;
    secret_random(v->key, sizeof v->key);
    *out = v;
    return OK;
}

void verdicts_free(struct verdicts *v)
{
    secret_free(v);
}

enum err verdicts_verifier(const struct verdicts *v, const struct credentials *c, uint8_t out[static VERIFIER_LEN])
{
    uint8_t mac[64];
    /* The NUL behind the name keeps "ab" with "c" from being "a" with "bc". */
    const struct piece pieces[] = {{c->name, strlen(c->name) + 1}, {c->password, strlen(c->password)}};
    enum err e = derive_hmac_sha512(v->key, sizeof v->key, pieces, 2, mac);

    if (e == OK)
        memcpy(out, mac, VERIFIER_LEN);
    secret_wipe(mac, sizeof mac);
    return e;
}

const struct verdict *verdicts_find(struct verdicts *v, const uint8_t verifier[static VERIFIER_LEN], uint64_t now_ms)
{
    const struct verdict *found = NULL;

    for (size_t i = 0; i < VERDICTS_MAX; i++) {
        struct entry *e = &v->entries[i];

        if (e->until_ms != 0 && e->until_ms <= now_ms)
            secret_wipe(e, sizeof *e);
        if (e->until_ms != 0 && secret_equal(e->verifier, verifier, VERIFIER_LEN))
            found = &e->verdict;
    }
    return found;
}

void verdicts_put(struct verdicts *v, const uint8_t verifier[static VERIFIER_LEN], const struct verdict *verdict,
                  uint64_t now_ms)
{
    struct entry *place = &v->entries[0];

    for (size_t i = 0; i < VERDICTS_MAX; i++) {
        struct entry *e = &v->entries[i];

        if (e->until_ms != 0 && secret_equal(e->verifier, verifier, VERIFIER_LEN)) {
            place = e;
            break;
        }
        if (e->until_ms < place->until_ms)
            place = e;
    }
    memcpy(place->verifier, verifier, VERIFIER_LEN);
    place->verdict = *verdict;
    place->until_ms = now_ms + (verdict->outcome == ANSWER_YES ? VERDICT_YES_MS : VERDICT_NO_MS);
}
