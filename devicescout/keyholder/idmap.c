/* SPDX-License-Identifier: Apache-2.0 */
/* idmap: open addressing. Nothing is ever removed; who forgets ids builds a new map. */
#include "devicescout/keyholder/idmap.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/secret.h"

#define LEAST_SIZE 64

/* Two rounds of multiply and fold, each with half of the seed. */
static size_t hash(const struct idmap *m, struct id id)
{
    uint64_t a, b;

    memcpy(&a, id.b, sizeof a);
    memcpy(&b, id.b + sizeof a, sizeof b);
    for (int round = 0; round < 2; round++) {
        const unsigned __int128 product =
            (unsigned __int128)(a ^ m->seed[0]) * (b ^ m->seed[1] ^ UINT64_C(0x9e3779b97f4a7c15));

        a ^= (uint64_t)product;
        b += (uint64_t)(product >> 64);
    }
    return (size_t)(a ^ b);
}

/* The slot that holds id, or the free one where it would go. There is always a free one. */
static struct idmap_slot *find(const struct idmap *m, struct id id)
{
    for (size_t i = hash(m, id);; i++) {
        struct idmap_slot *s = &m->slots[i & (m->size - 1)];

        if (!s->used || id_equal(s->id, id))
            return s;
    }
}

static enum err grow(struct idmap *m)
{
    struct idmap next = {.size = m->size > 0 ? 2 * m->size : LEAST_SIZE, .len = m->len};

    if ((next.slots = calloc(next.size, sizeof *next.slots)) == NULL)
        return ERR_NOMEM;
    secret_random(next.seed, sizeof next.seed);
    for (size_t i = 0; i < m->size; i++) {
        if (m->slots[i].used)
            *find(&next, m->slots[i].id) = m->slots[i];
    }
    free(m->slots);
    *m = next;
    return OK;
}

void idmap_free(struct idmap *m)
{
    free(m->slots);
    *m = (struct idmap){0};
}

enum err idmap_put(struct idmap *m, struct id id, uint32_t value)
{
    struct idmap_slot *s;
    enum err e;

    if (2 * (m->len + 1) > m->size && (e = grow(m)) != OK)
        return e;
    s = find(m, id);
    if (!s->used)
        m->len++;
    *s = (struct idmap_slot){.id = id, .value = value, .used = 1};
    return OK;
}

enum err idmap_get(const struct idmap *m, struct id id, uint32_t *value)
{
    const struct idmap_slot *s;

    if (m->size == 0)
        return ERR_NOTFOUND;
    s = find(m, id);
    if (!s->used)
        return ERR_NOTFOUND;
    *value = s->value;
    return OK;
}
