/* SPDX-License-Identifier: Apache-2.0 */
/* calendar: rotate, destroy, and whether to believe the clock. */
#include "devicescout/keyholder/calendar.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"

#define CHECKPOINT_MS (UINT64_C(60) * 60 * 1000)

static uint64_t destroy_at(const struct bulletin *b, uint64_t use_until_unix_ms)
{
    return use_until_unix_ms + (uint64_t)b->retention_s * 1000;
}

void calendar_prolong(struct bulletin *b)
{
    for (size_t i = 0; i < b->epochs_len; i++) {
        const uint64_t due = destroy_at(b, b->epochs[i].use_until_unix_ms);

        if (due > b->epochs[i].destroy_at_unix_ms)
            b->epochs[i].destroy_at_unix_ms = due;
    }
}

/* The new epoch's row, its key made and its audit segment begun. */
static enum err add_epoch(struct keeper *k, struct registry *next, uint32_t number, uint64_t now_unix_ms,
                          const char *asked_by)
{
    struct bulletin *b = &next->bulletin;
    struct bulletin_epoch *epoch = &b->epochs[b->epochs_len];
    enum err e;

    if (b->epochs_len >= BULLETIN_EPOCHS_MAX)
        return ERR_FULL;
    epoch->number = number;
    epoch->start_unix_ms = now_unix_ms;
    epoch->use_until_unix_ms = now_unix_ms + EPOCH_USE_MS;
    epoch->destroy_at_unix_ms = destroy_at(b, epoch->use_until_unix_ms);
    if ((e = audit_rotate(k->audit)) != OK)
        return e;
    next->audit_from[b->epochs_len] = audit_end(k->audit).number + 1;
    if ((e = audit_add(k->audit, "epoch", "number=%" PRIu32 " by=%s", number, asked_by)) != OK)
        return e;
    if ((e = epochs_make(k->epochs, number, epoch->public_key)) != OK)
        return e;
    b->epochs_len++;
    return OK;
}

enum err calendar_begin(struct keeper *k, uint32_t number, uint64_t now_unix_ms, const char *asked_by)
{
    struct registry *next = NULL;
    enum err e;

    if ((e = keeper_change(k, &next)) != OK)
        goto out;
    if ((e = add_epoch(k, next, number, now_unix_ms, asked_by)) != OK)
        goto out;
    e = keeper_commit(k, next, 1);
    next = NULL; /* keeper_commit took it */
    /* After a failure the key stays: the registry that names it may be on the disk. If it is not, the next start
     * destroys the key. */
    if (e == OK)
        log_info("epoch", "number=%" PRIu32, number);
out:
    registry_free(next);
    return e;
}

enum err calendar_rotate(struct keeper *k, uint64_t now_unix_ms, const char *asked_by)
{
    const struct bulletin *b = &k->registry->bulletin;

    return calendar_begin(k, b->epochs_len > 0 ? b->epochs[b->epochs_len - 1].number + 1 : 1, now_unix_ms, asked_by);
}

/* Take epoch i out of the registry; its key is destroyed before the bulletin says so. */
static enum err destroy(struct keeper *k, size_t i)
{
    struct registry *next = NULL;
    struct bulletin *b;
    const uint32_t number = k->registry->bulletin.epochs[i].number;
    enum err e;

    if ((e = audit_add(k->audit, "destroy", "epoch=%" PRIu32, number)) != OK || (e = keeper_change(k, &next)) != OK)
        return e;
    if (epochs_destroy(k->epochs, number) != OK)
        log_error("epoch_not_destroyed", "epoch=%" PRIu32, number); /* an orphan at the next start, destroyed then */
    b = &next->bulletin;
    b->epochs_len--;
    memmove(&b->epochs[i], &b->epochs[i + 1], (b->epochs_len - i) * sizeof *b->epochs);
    memmove(&next->audit_from[i], &next->audit_from[i + 1], (b->epochs_len - i) * sizeof *next->audit_from);
    if ((e = keeper_commit(k, next, 1)) != OK)
        return e;
    log_info("epoch_destroyed", "epoch=%" PRIu32, number);
    /* Jobs of an epoch are forgotten when no older one lives, as the audit log is read at the next start. */
    return jobs_forget(k->jobs, k->registry->bulletin.epochs[0].number - 1);
}

static enum err destroy_due(struct keeper *k, uint64_t now_unix_ms)
{
    enum err e = OK;

    /* The newest stays: numbers go on from it, and a site without an epoch could not even say so. */
    for (size_t i = 0; e == OK && i + 1 < k->registry->bulletin.epochs_len;) {
        if (k->registry->bulletin.epochs[i].destroy_at_unix_ms <= now_unix_ms)
            e = destroy(k, i);
        else
            i++;
    }
    return e;
}

/* Has the wall clock kept step with CLOCK_BOOTTIME for long enough? */
static int is_settled(struct keeper *k, uint64_t now_unix_ms, uint64_t now_boot_ms)
{
    const uint64_t offset = now_unix_ms - now_boot_ms;
    const uint64_t jump = offset > k->clock_offset_ms ? offset - k->clock_offset_ms : k->clock_offset_ms - offset;

    k->clock_offset_ms = offset;
    if (k->settled_boot_ms == 0 || jump > CALENDAR_JUMP_MS)
        k->settled_boot_ms = now_boot_ms + CALENDAR_SETTLE_MS;
    return now_boot_ms >= k->settled_boot_ms;
}

/* What came beyond what gets lines of its own. */
static void count_unwritten(struct keeper *k)
{
    if (k->refusals_unwritten > 0 && audit_add(k->audit, "refused_more", "count=%" PRIu64, k->refusals_unwritten) == OK)
        k->refusals_unwritten = 0;
    if (k->events_unwritten > 0 && audit_add(k->audit, "scout_more", "count=%" PRIu64, k->events_unwritten) == OK)
        k->events_unwritten = 0;
}

void calendar_tick(struct keeper *k, uint64_t now_unix_ms, uint64_t now_boot_ms)
{
    const struct bulletin_epoch *now = NULL;
    const enum err usable = bulletin_epoch_now(&k->registry->bulletin, now_unix_ms, &now);
    const int settled = is_settled(k, now_unix_ms, now_boot_ms);
    enum err e = OK;

    if (usable != OK || (settled && now_unix_ms - now->start_unix_ms >= EPOCH_RENEW_MS))
        e = calendar_rotate(k, now_unix_ms, "calendar");
    if (e == OK && settled)
        e = destroy_due(k, now_unix_ms);
    if (e != OK)
        log_error("calendar_failed", "reason=%s", err_name(e)); /* tried again in a minute */
    count_unwritten(k);
    if (now_boot_ms - k->checkpoint_boot_ms >= CHECKPOINT_MS) {
        k->checkpoint_boot_ms = now_boot_ms;
        if (audit_checkpoint(k->audit) != OK)
            log_warn("audit_checkpoint_failed", "line=%" PRIu64, audit_end(k->audit).number);
    }
    if (audit_sync(k->audit) != OK)
        log_error("audit_not_synced", "line=%" PRIu64, audit_end(k->audit).number);
}
