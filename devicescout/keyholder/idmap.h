/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idmap: from an id to a number, by hashing. Job ids are chosen by workstations, so the hash is seeded: nobody can
 * choose ids that fall on one place.
 */
#ifndef KEYHOLDER_IDMAP_H
#define KEYHOLDER_IDMAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hex.h"

struct idmap_slot {
    struct id id;
    uint32_t value;
    uint32_t used;
};

/* Start with {0}. */
struct idmap {
    struct idmap_slot *slots; /* a power of two of them, at most half used */
    size_t size, len;
    uint64_t seed[2];
};

void idmap_free(struct idmap *m);
/* Set id to value, new or again. ERR_NOMEM. */
MUST_USE enum err idmap_put(struct idmap *m, struct id id, uint32_t value);
/* ERR_NOTFOUND. */
MUST_USE enum err idmap_get(const struct idmap *m, struct id id, uint32_t *value);

#endif
