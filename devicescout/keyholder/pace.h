/* SPDX-License-Identifier: Apache-2.0 */
/* pace: for what happens seldom: a few times at once, then one by one. A minute's limit (limits.h) would let a patient
 * flood go on for ever. */
#ifndef KEYHOLDER_PACE_H
#define KEYHOLDER_PACE_H

#include <stdint.h>

struct pace { /* all zero to begin with */
    uint64_t full_again_boot_ms;
};

/*
 * May it happen now? Then it is counted.
 *   burst     so often at once, at least 1
 *   each_ms   after so long one more may
 */
int pace_take(struct pace *p, uint64_t burst, uint64_t each_ms, uint64_t now_boot_ms);

#endif
