/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sweep: retention counts on the boot clock from the announcement, so a wall clock that jumps ends no job. Couriers
 * count for themselves too; this is for those that never come back.
 */
#include "devicescout/sweep.h"

#include "base/clock.h"
#include "base/log.h"
#include "devicescout/ports.h"

#define EVERY_MS       30000
#define SHOWN_FINAL_MS 600000 /* longer than a session lasts without a touch */

static int is_on_its_way(const struct job *j)
{
    return j->waiting || j->state == JOB_ORDERED || j->state == JOB_DELIVERING;
}

static void look_at(void *arg, struct job *j)
{
    struct scout *s = arg;
    const uint64_t now = clock_boot_ms();
    const uint64_t retention_ms = (uint64_t)site_bulletin(s->site)->retention_s * 1000;

    if (j->final_boot_ms != 0) {
        if (now >= j->final_boot_ms + SHOWN_FINAL_MS)
            ports_forget_job(s, j);
    } else if (!is_on_its_way(j) && now >= j->received_boot_ms + retention_ms) {
        ports_close_job(s, j, CLOSED_EXPIRED, "");
    }
}

static void sweep(void *arg)
{
    struct scout *s = arg;

    if (index_each(s->index, look_at, s) != OK)
        log_warn("sweep_skipped", "why=no memory");
    if (loop_after(s->loop, EVERY_MS, sweep, s, &s->timer) != OK)
        log_error("sweep_stopped", "why=no memory");
}

static void forget_if_revoked(void *arg, struct job *j)
{
    struct scout *s = arg;
    char job[ID_HEX_SIZE];

    if (!bulletin_is_revoked(site_bulletin(s->site), j->origin))
        return;
    log_info("job_of_revoked_node", "job=%s", id_text(j->id, job));
    store_drop_job(s->store, j->id);
    ports_forget_job(s, j);
}

void sweep_revoked(struct scout *s)
{
    const struct bulletin *b = site_bulletin(s->site);

    for (size_t i = 0; i < b->revoked_len; i++)
        closing_node_gone(s->closing, b->revoked[i]);
    if (index_each(s->index, forget_if_revoked, s) != OK)
        log_warn("sweep_skipped", "why=no memory");
}

enum err sweep_start(struct scout *s)
{
    return loop_after(s->loop, EVERY_MS, sweep, s, &s->timer);
}
