/* SPDX-License-Identifier: Apache-2.0 */
/* clock: the three clocks that the design names. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* CLOCK_BOOTTIME in ms: counts through suspend, never jumps. Deadlines are on it. */
uint64_t clock_boot_ms(void);

/* Wall clock, ms since 1970. For people and expiry on disk; decides nothing in a message. */
uint64_t clock_unix_ms(void);

/* CLOCK_MONOTONIC in microseconds, for measuring. */
uint64_t clock_mono_us(void);

#endif
