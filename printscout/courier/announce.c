/* SPDX-License-Identifier: Apache-2.0 */
/*
 * announce: for each device scout a place in the list of jobs. What stands before it was sent; what is sent and not
 * acknowledged is at most WINDOW messages, so that 10,000 held jobs do not fill memory or a mailbox.
 */
#include "printscout/courier/announce.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/log.h"
#include "crypto/derive.h"
#include "crypto/description.h"
#include "printscout/courier/greet.h"
#include "printscout/courier/reports.h"
#include "printscout/courier/site.h"

#define WINDOW 64

struct announcement { /* sent and not acknowledged */
    struct announcement *next;
    struct courier *c;
    struct id job, message;
    size_t scout;
    uint32_t digest;
};

struct announcer {
    struct job *at[BULLETIN_SCOUTS_MAX]; /* the next job to look at; NULL: none */
    size_t under_way[BULLETIN_SCOUTS_MAX];
    struct announcement *list;
};

enum err announce_start(struct courier *c)
{
    return (c->announcer = calloc(1, sizeof *c->announcer)) != NULL ? OK : ERR_NOMEM;
}

void announce_end(struct courier *c)
{
    struct announcement *next;

    for (struct announcement *a = c->announcer == NULL ? NULL : c->announcer->list; a != NULL; a = next) {
        next = a->next;
        free(a);
    }
    free(c->announcer);
    c->announcer = NULL;
}

static void forget(struct announcer *an, struct announcement *a)
{
    struct announcement **at = &an->list;

    while (*at != a)
        at = &(*at)->next;
    *at = a->next;
    an->under_way[a->scout]--;
    free(a);
}

static void pump(struct courier *c, size_t i);

static void on_ack(void *arg, struct id message, enum err result)
{
    struct announcement *a = arg;
    struct courier *c = a->c;
    struct job *j = jobs_find(&c->jobs, a->job);
    size_t i = a->scout;

    (void)message;
    if (result != OK) /* and then it is not to be sent again: see PROTOCOL.md, type 6 */
        log_warn("announcement_refused", "reason=%s", err_name(result));
    if (j != NULL && j->digest == a->digest)
        j->announced |= (uint8_t)(1U << i);
    forget(c->announcer, a);
    pump(c, i);
}

enum err announce_digest(const uint8_t *description, size_t len, uint32_t *out)
{
    uint8_t hash[32];
    struct rbuf b;
    enum err e;

    if ((e = derive_sha256(&(struct piece){description, len}, 1, hash)) != OK)
        return e;
    b = rbuf_of(hash, sizeof hash);
    return rbuf_u32(&b, out);
}

static enum err read_description(const struct courier *c, struct job *j, uint8_t **bytes, size_t *len)
{
    char path[SPOOL_PATH_SIZE];
    enum err e;

    if ((e = file_read(c->spool, spool_path(path, SPOOL_JOBS, j->id, SPOOL_FILE_DESCRIPTION), DESCRIPTION_FILE_MAX,
                       bytes, len)) != OK)
        return e;
    if ((e = announce_digest(*bytes, *len, &j->digest)) != OK) {
        free(*bytes);
        *bytes = NULL;
    }
    return e;
}

static enum err send_one(struct courier *c, struct job *j, size_t i)
{
    const struct link_peer to = site_scout(c, i);
    struct announcement *a = calloc(1, sizeof *a);
    uint8_t *bytes = NULL;
    size_t len;
    enum err e = ERR_NOMEM;

    if (a == NULL)
        goto out;
    if ((e = read_description(c, j, &bytes, &len)) != OK)
        goto out;
    *a = (struct announcement){.c = c, .job = j->id, .scout = i, .digest = j->digest};
    if ((e = link_send(c->link, &to, MSG_ANNOUNCE, bytes, len, on_ack, a, &a->message)) != OK)
        goto out;
    a->next = c->announcer->list;
    c->announcer->list = a;
    c->announcer->under_way[i]++;
    a = NULL; /* the list owns it now */
out:
    free(bytes);
    free(a);
    return e;
}

static void pump(struct courier *c, size_t i)
{
    struct announcer *an = c->announcer;
    char hex[ID_HEX_SIZE];
    enum err e;

    while (an->at[i] != NULL && an->under_way[i] < WINDOW) {
        struct job *j = an->at[i];

        an->at[i] = j->next;
        if (jobstate_is_final(j->state) || (j->announced & 1U << i) != 0)
            continue;
        if ((e = send_one(c, j, i)) != OK)
            log_error("job_not_announced", "job=%s reason=%s", id_text(j->id, hex), err_name(e));
    }
}

/* Take back what is under way of a job to device scout i, or to all (i = BULLETIN_SCOUTS_MAX). */
static void take_back(struct courier *c, struct id job, size_t i)
{
    struct announcement *next;

    for (struct announcement *a = c->announcer->list; a != NULL; a = next) {
        next = a->next;
        if (!id_equal(a->job, job) || (i != BULLETIN_SCOUTS_MAX && a->scout != i))
            continue;
        link_cancel(c->link, a->message);
        forget(c->announcer, a);
    }
}

/* Whoever stands at this job goes on to the next. */
static void step_over(struct announcer *an, const struct job *j)
{
    for (size_t i = 0; i < BULLETIN_SCOUTS_MAX; i++) {
        if (an->at[i] == j)
            an->at[i] = j->next;
    }
}

void announce_job(struct courier *c, struct job *j)
{
    uint8_t *bytes = NULL;
    size_t len;
    char hex[ID_HEX_SIZE];
    enum err e;

    /* The digest is for the list, which may be asked for before it is this job's turn. */
    if ((e = read_description(c, j, &bytes, &len)) != OK)
        log_error("description_unreadable", "job=%s reason=%s", id_text(j->id, hex), err_name(e));
    free(bytes);
    take_back(c, j->id, BULLETIN_SCOUTS_MAX);
    step_over(c->announcer, j);
    jobs_move_last(&c->jobs, j);
    j->announced = 0;
    for (size_t i = 0; i < site_scouts(c); i++) {
        if (c->announcer->at[i] == NULL)
            c->announcer->at[i] = j; /* the others come to it in their turn */
        pump(c, i);
    }
}

void announce_withdraw(struct courier *c, const struct job *j)
{
    take_back(c, j->id, BULLETIN_SCOUTS_MAX);
    step_over(c->announcer, j);
}

void announce_all(struct courier *c)
{
    while (c->announcer->list != NULL) {
        link_cancel(c->link, c->announcer->list->message);
        forget(c->announcer, c->announcer->list);
    }
    for (struct job *j = c->jobs.first; j != NULL; j = j->next)
        j->announced = 0;
    for (size_t i = 0; i < BULLETIN_SCOUTS_MAX; i++)
        c->announcer->at[i] = NULL;
    for (size_t i = 0; i < site_scouts(c); i++) {
        c->announcer->at[i] = c->jobs.first;
        pump(c, i);
    }
}

static void send_part(struct courier *c, size_t i, const struct list *part)
{
    const struct link_peer to = site_scout(c, i);
    uint8_t *body = malloc(MESSAGE_BODY_MAX);
    struct wbuf b;
    enum err e = ERR_NOMEM;

    if (body != NULL) {
        b = wbuf_of(body, MESSAGE_BODY_MAX);
        if ((e = list_write(part, &b)) == OK)
            e = link_send(c->link, &to, MSG_LIST, b.start, b.len, NULL, NULL, NULL);
    }
    if (e != OK)
        log_error("list_not_sent", "reason=%s", err_name(e)); /* the device scout asks again */
    free(body);
}

/* All jobs that are not final, in parts. */
static void send_list(struct courier *c, size_t i, struct id nonce)
{
    struct list *part = calloc(1, sizeof *part);
    size_t jobs = 0;

    if (part == NULL) {
        log_error("list_not_sent", "reason=%s", err_name(ERR_NOMEM));
        return;
    }
    for (const struct job *j = c->jobs.first; j != NULL; j = j->next)
        jobs += !jobstate_is_final(j->state);
    part->nonce = nonce;
    part->parts = (uint16_t)(jobs == 0 ? 1 : (jobs + LIST_MAX - 1) / LIST_MAX);
    for (const struct job *j = c->jobs.first; j != NULL; j = j->next) {
        if (jobstate_is_final(j->state))
            continue;
        part->jobs[part->count].job = j->id;
        part->jobs[part->count].digest = j->digest;
        if (++part->count == LIST_MAX) {
            send_part(c, i, part);
            part->part++;
            part->count = 0;
        }
    }
    if (part->part < part->parts)
        send_part(c, i, part);
    free(part);
}

enum err announce_sync(struct courier *c, size_t i, const uint8_t *body, size_t len)
{
    struct rbuf b = rbuf_of(body, len);
    struct id nonce, job;
    struct job *j;
    enum err e;

    if ((e = rbuf_id(&b, &nonce)) != OK)
        return e;
    if (b.left % ID_LEN != 0)
        return ERR_FORMAT;
    greet_again(c, i);
    while (b.left > 0) {
        if ((e = rbuf_id(&b, &job)) != OK)
            return e;
        if ((j = jobs_find(&c->jobs, job)) != NULL)
            j->announced &= (uint8_t) ~(1U << i);
    }
    c->announcer->at[i] = c->jobs.first; /* those that are under way come twice, and are known the second time */
    pump(c, i);
    reports_send_last(c, i);
    send_list(c, i, nonce);
    return OK;
}
