/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calendar: when epochs begin and end. A new one each week; used for three; destroyed when the longest retention after
 * that is over. Destroying cannot be undone, so a clock is believed only after the keyholder has run by it for an hour
 * without a jump: who comes up ten years off has until then to be set right.
 */
#ifndef KEYHOLDER_CALENDAR_H
#define KEYHOLDER_CALENDAR_H

#include "devicescout/keyholder/keeper.h"

#define EPOCH_RENEW_MS     (UINT64_C(7) * 24 * 60 * 60 * 1000)
#define EPOCH_USE_MS       (UINT64_C(21) * 24 * 60 * 60 * 1000)
#define CALENDAR_SETTLE_MS (UINT64_C(60) * 60 * 1000)
#define CALENDAR_JUMP_MS   (UINT64_C(10) * 60 * 1000) /* adjusting a clock slowly is no jump */
#define CALENDAR_TICK_MS   60000

/* Do what is due: a new epoch, destroyed ones, a checkpoint in the audit log. At start and once a minute. */
void calendar_tick(struct keeper *k, uint64_t now_unix_ms, uint64_t now_boot_ms);

/*
 * Begin a new epoch now: `key rotate`, and calendar_tick. The bulletin tells of it.
 * Errors: ERR_FULL as many epochs live as a bulletin holds; ERR_IO …
 */
MUST_USE enum err calendar_rotate(struct keeper *k, uint64_t now_unix_ms, const char *asked_by);

/* The same with a number of the caller's: for the first epoch. The bulletin has none that is as high. */
MUST_USE enum err calendar_begin(struct keeper *k, uint32_t number, uint64_t now_unix_ms, const char *asked_by);

/* Retention changed: epochs that would go too early for it stay longer; none goes earlier than it was announced. */
void calendar_prolong(struct bulletin *b);

#endif
