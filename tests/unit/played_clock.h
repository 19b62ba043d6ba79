/* SPDX-License-Identifier: Apache-2.0 */
/* played_clock: the clock of deadlines, as a test has it go, so that no stall of the machine decides what it proves.
 * Its test is linked with --wrap=clock_boot_ms. */
#ifndef TESTS_UNIT_PLAYED_CLOCK_H
#define TESTS_UNIT_PLAYED_CLOCK_H

#include "base/clock.h"

/*
 *   now_ms   so early that the kernel's clock has long passed each timer that is set: a loop is woken at once, looks at
 * this clock, and goes on being woken until a timer is due step_ms  it goes on by this much whenever somebody looks; 0:
 * it stands still, and no timer is ever due
 */
static struct {
    uint64_t now_ms, step_ms;
} played_clock = {.now_ms = 1000};

uint64_t __wrap_clock_boot_ms(void);

uint64_t __wrap_clock_boot_ms(void)
{
    return played_clock.now_ms += played_clock.step_ms;
}

#endif
