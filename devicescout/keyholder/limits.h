/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits: how often a name may do something in a minute. Counted in slices of ten seconds over the running and the six
 * before it, so no minute ever has more than the limit, wherever it begins.
 */
#ifndef KEYHOLDER_LIMITS_H
#define KEYHOLDER_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct limits; /* opaque */

/* ERR_NOMEM. */
MUST_USE enum err limits_new(uint32_t per_minute, struct limits **out);
void limits_free(struct limits *l);

/* May name do it now? Counts nothing. ERR_LIMIT: not in this minute; ERR_FULL: too many names in this minute. */
MUST_USE enum err limits_check(struct limits *l, const char *name, uint64_t now_boot_ms);
/* It did. After limits_check said OK. */
void limits_count(struct limits *l, const char *name, uint64_t now_boot_ms);
/* What was counted last does not count. */
void limits_uncount(struct limits *l, const char *name);

#endif
