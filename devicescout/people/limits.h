/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits: how often something may be tried under one key (a name, a panel's address). A try counts before it is made
 * and is taken back when it succeeds, so a thousand at once count as a thousand. Any thread may call.
 */
#ifndef DEVICESCOUT_PEOPLE_LIMITS_H
#define DEVICESCOUT_PEOPLE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct limits;

struct limits_opts {
    size_t keys;           /* as many are remembered; then the one that was quiet longest is forgotten */
    uint32_t free_tries;   /* without any delay */
    uint64_t delay_ms;     /* after the first one more; doubles with each */
    uint64_t delay_max_ms; /* and grows no further */
    uint64_t forget_ms;    /* a key that was quiet so long starts anew */
};

MUST_USE enum err limits_new(const struct limits_opts *opts, struct limits **out);
void limits_free(struct limits *l);

/*
 * May key be tried now?
 *   key      cut at 255 bytes; ASCII letters count without case
 *   wait_ms  on ERR_LIMIT how long until it may be tried again; such a try does not count
 * Errors: ERR_LIMIT too early; ERR_NOMEM.
 */
MUST_USE enum err limits_try(struct limits *l, const char *key, uint64_t now_boot_ms, uint64_t *wait_ms);

/* The try succeeded: it does not count. */
void limits_take_back(struct limits *l, const char *key);

/* Nothing that was tried under this key counts any more. */
void limits_clear(struct limits *l, const char *key);

size_t limits_count(struct limits *l);

#endif
