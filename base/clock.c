/* SPDX-License-Identifier: Apache-2.0 */
/* clock: the three clocks, read from the kernel. */
#include "base/clock.h"

#include <time.h>

/* clock_gettime cannot fail for these clocks on Linux, so there is no error to return. */
static struct timespec now(clockid_t clock)
{
    struct timespec t = {0, 0};

    clock_gettime(clock, &t);
    return t;
}

uint64_t clock_boot_ms(void)
{
    struct timespec t = now(CLOCK_BOOTTIME);

    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t clock_unix_ms(void)
{
    struct timespec t = now(CLOCK_REALTIME);

    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t clock_mono_us(void)
{
    struct timespec t = now(CLOCK_MONOTONIC);

    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}
