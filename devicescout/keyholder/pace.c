/* SPDX-License-Identifier: Apache-2.0 */
/* pace: one number says all: when so much time will have passed that a whole burst is free again. */
#include "devicescout/keyholder/pace.h"

int pace_take(struct pace *p, uint64_t burst, uint64_t each_ms, uint64_t now_boot_ms)
{
    const uint64_t from = p->full_again_boot_ms > now_boot_ms ? p->full_again_boot_ms : now_boot_ms;

    if (from - now_boot_ms > (burst - 1) * each_ms)
        return 0;
    p->full_again_boot_ms = from + each_ms;
    return 1;
}
