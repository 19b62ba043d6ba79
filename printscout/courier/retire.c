/* SPDX-License-Identifier: Apache-2.0 */
/* retire: see retire.h. */
#include "printscout/courier/retire.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "printscout/courier/announce.h"
#include "printscout/courier/deliveries.h"
#include "printscout/courier/reports.h"
#include "printscout/courier/site.h"
#include "proto/closed.h"

#define EXPIRE_FIRST_MS 1000
#define EXPIRE_EVERY_MS 5000

struct pending_gone {
    struct pending_gone *next;
    struct courier *c;
    struct id job;
    size_t open; /* device scouts that have not acknowledged */
};

/* 1: it was there. */
static int erase_file(struct courier *c, const struct job *j, const char *name)
{
    char path[SPOOL_PATH_SIZE], hex[ID_HEX_SIZE];
    enum err e = file_erase(c->spool, spool_path(path, SPOOL_JOBS, j->id, name));

    if (e != OK && e != ERR_NOTFOUND)
        log_error("job_not_erased", "job=%s reason=%s", id_text(j->id, hex), err_name(e));
    return e == OK;
}

/* The folder stays as the queue's history, if there is a queue. */
static void erase(struct courier *c, struct job *j)
{
    char path[SPOOL_PATH_SIZE], hex[ID_HEX_SIZE];
    int erased;

    announce_withdraw(c, j);
    erased = erase_file(c, j, SPOOL_FILE_JOB);
    erased |= erase_file(c, j, SPOOL_FILE_DESCRIPTION);
    if (erased)
        log_info("job_erased", "job=%s", id_text(j->id, hex));
    if (faccessat(c->spool, spool_path(path, SPOOL_JOBS, j->id, SPOOL_FILE_QUEUE), F_OK, 0) != 0 && !j->pending)
        erase_file(c, j, NULL);
    site_status(c);
}

void retire_reported(struct courier *c, struct id job, struct id order)
{
    struct job *j = jobs_find(&c->jobs, job);

    if (j == NULL || !j->pending || !id_equal(j->order, order))
        return;
    if (j->state == JOB_CANCELED || j->state == JOB_EXPIRED)
        return; /* that it is gone is acknowledged by itself */
    j->pending = 0;
    job_save(c->spool, j, NULL);
    if (j->state == JOB_DELIVERED)
        erase(c, j);
}

static void forget_gone(struct pending_gone *p)
{
    struct pending_gone **at = &p->c->gone;

    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    free(p);
}

static void on_gone_ack(void *arg, struct id message, enum err result)
{
    struct pending_gone *p = arg;
    struct job *j = jobs_find(&p->c->jobs, p->job);

    (void)message;
    if (result != OK)
        log_warn("gone_refused", "reason=%s", err_name(result));
    if (j != NULL && j->pending) {
        j->pending = 0;
        job_save(p->c->spool, j, NULL);
        erase(p->c, j); /* for the folder of a courier without a queue */
    }
    if (--p->open == 0)
        forget_gone(p);
}

static void send_gone(struct courier *c, const struct job *j)
{
    const struct gone g = {.job = j->id, .reason = j->state == JOB_EXPIRED ? CLOSED_EXPIRED : CLOSED_CANCELED};
    struct pending_gone *p = calloc(1, sizeof *p);
    uint8_t body[GONE_LEN];
    struct wbuf b = wbuf_of(body, sizeof body);
    enum err e = ERR_NOMEM;

    if (p == NULL || (e = gone_write(&g, &b)) != OK)
        goto out;
    *p = (struct pending_gone){.next = c->gone, .c = c, .job = j->id};
    c->gone = p;
    for (size_t i = 0; i < site_scouts(c); i++) {
        const struct link_peer to = site_scout(c, i);

        if ((e = link_send(c->link, &to, MSG_GONE, b.start, b.len, on_gone_ack, p, NULL)) == OK)
            p->open++;
    }
    if (p->open == 0)
        forget_gone(p);
    p = NULL; /* the list owns it */
out:
    if (e != OK)
        log_error("gone_not_sent", "reason=%s", err_name(e)); /* sent after the next restart */
    free(p);
}

/* It is final without having been printed here: canceled or expired. */
static void leave(struct courier *c, struct job *j, enum job_event event)
{
    if (job_move(j, event) != OK)
        return;
    j->reason = REASON_NONE;
    j->pending = 1;
    job_save(c->spool, j, NULL);
    erase(c, j);
    send_gone(c, j);
}

void retire_cancel(struct courier *c, struct job *j)
{
    if (jobstate_is_final(j->state))
        return;
    if (j->delivery != NULL) {
        j->cancel_wanted = 1;
        deliveries_stop(j->delivery, STOP_CANCELED); /* comes back here when it has ended */
        return;
    }
    leave(c, j, EV_CANCELED);
}

enum err retire_closed(struct courier *c, const uint8_t *body, size_t len)
{
    static const enum job_event events[] = {
        [CLOSED_DELIVERED] = EV_PRINTED, [CLOSED_CANCELED] = EV_CANCELED, [CLOSED_EXPIRED] = EV_EXPIRED};
    struct closed closed;
    struct job *j;
    enum err e;

    if ((e = closed_read(body, len, c->node.site_public, &closed)) != OK)
        return e;
    if ((j = jobs_find(&c->jobs, closed.job)) == NULL)
        return OK; /* long gone */
    if (j->delivery != NULL) {
        if (closed.reason == CLOSED_CANCELED)
            retire_cancel(c, j);
        return ERR_STATE;
    }
    if (!jobstate_is_final(j->state) && job_move(j, events[closed.reason]) != OK)
        return ERR_STATE;
    j->pending = 0;
    reports_withdraw(c, j->id);
    job_save(c->spool, j, NULL);
    erase(c, j);
    return OK;
}

void retire_again(struct courier *c, struct job *j)
{
    struct spool_state s;

    if (j->pending && spool_state_read(c->spool, j->id, &s) == OK && s.report_len > 0)
        reports_send(c, j->id, j->order, s.report, s.report_len);
    if (j->pending && (j->state == JOB_CANCELED || j->state == JOB_EXPIRED))
        send_gone(c, j);
    if (jobstate_is_final(j->state) && (!j->pending || j->state != JOB_DELIVERED))
        erase(c, j);
}

/*
 * Does the clock agree with the site's newest epoch? One that is years ahead must not throw away what people wait for,
 * and one that stands before the job was made says nothing about its age.
 */
static int clock_is_sound(const struct courier *c, uint64_t now_ms)
{
    const struct bulletin_epoch *epoch;

    return bulletin_epoch_now(c->site->bulletin, now_ms, &epoch) == OK;
}

static int is_expired(const struct job *j, uint64_t now_ms, uint64_t retention_ms)
{
    if (j->delivery != NULL || !jobstate_may_order(j->state) || now_ms <= j->created_unix_ms)
        return 0;
    if (j->expires_unix_ms > j->created_unix_ms && now_ms >= j->expires_unix_ms)
        return 1;
    return now_ms - j->created_unix_ms > retention_ms;
}

static void expire(void *arg)
{
    struct courier *c = arg;
    const uint64_t now_ms = clock_unix_ms(), retention_ms = (uint64_t)c->site->bulletin->retention_s * 1000;
    const int sound = clock_is_sound(c, now_ms);
    struct job *next;

    for (struct job *j = c->jobs.first; j != NULL; j = next) {
        next = j->next;
        if (sound && is_expired(j, now_ms, retention_ms))
            leave(c, j, EV_EXPIRED);
    }
    if (loop_after(c->loop, EXPIRE_EVERY_MS, expire, c, NULL) != OK)
        log_error("timer_lost", "what=retention");
}

enum err retire_start(struct courier *c)
{
    return loop_after(c->loop, EXPIRE_FIRST_MS, expire, c, NULL);
}

void retire_end(struct courier *c)
{
    struct pending_gone *next;

    for (struct pending_gone *p = c->gone; p != NULL; p = next) {
        next = p->next;
        free(p);
    }
    c->gone = NULL;
}
