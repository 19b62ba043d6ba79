/* SPDX-License-Identifier: Apache-2.0 */
/* ports_jobs: each function here turns one question of jobs/ into one frame to the keyholder or one message. */
#include "devicescout/ports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define NODES_MAX          20000
#define JOBS_MAX           200000
#define PERSON_JOBS_MAX    20000
#define KEYHOLDER_RETRY_MS 1000
#define LIST_ROUND_MS      3000

/* An order must start within ORDER_START_MS on its courier; its first report then needs a way back. */
#define ANSWER_MS  (ORDER_START_MS + 2000)
#define HELLO_MS   8000
#define SILENCE_MS 180000 /* no courier is that long without a word unless it is gone */

/* A courier gives up a printer that stands still for ten minutes. Two hours are 3,000 pages of a slow printer. */
#define STANDSTILL_MS (15 * 60 * 1000)
#define TURN_MS       (2 * 60 * 60 * 1000)

static enum err grant(void *arg, const struct grant *g, uint8_t *bytes, size_t *len, struct id *order)
{
    struct scout *s = arg;
    uint8_t *frame = malloc(2 * (size_t)KH_FRAME_MAX);
    struct wbuf b = wbuf_of(frame, KH_FRAME_MAX);
    uint8_t *answer = frame + KH_FRAME_MAX;
    struct order read;
    char why[256];
    size_t answer_len = 0;
    enum err e = ERR_NOMEM;

    if (frame == NULL)
        goto out;
    if ((e = grant_write(g, &b)) != OK)
        goto out;
    if ((e = kh_ask(s->keyholder, KH_GRANT, b.start, b.len, answer, &answer_len, why, sizeof why)) != OK) {
        log_warn("grant_refused", "error=%s why=%s", err_name(e), why);
        goto out;
    }
    e = ERR_LIMIT;
    if (answer_len > ORDER_MAX_LEN)
        goto out;
    if ((e = order_read(answer, answer_len, site_bulletin(s->site)->site_public, &read)) != OK)
        goto out;
    memcpy(bytes, answer, answer_len);
    *len = answer_len;
    *order = read.order;
    ports_record_release(s, &read, g->person);
out:
    free(frame);
    return e;
}

static enum err peer_of(struct scout *s, struct id id, struct link_peer *out)
{
    const struct node *node = nodes_find(s->nodes, id);

    if (node == NULL)
        return ERR_NOTFOUND;
    if (bulletin_is_revoked(site_bulletin(s->site), id))
        return ERR_REFUSED;
    *out = node->peer;
    return OK;
}

/* A courier that can read an order answers with a report. An acknowledgement is its word that it never will. */
static void order_acknowledged(void *arg, struct id message, enum err result)
{
    struct scout *s = arg;

    if (result != OK)
        releases_order_refused(s->releases, message);
}

static enum err send_order(void *arg, struct id node, const uint8_t *bytes, size_t len, struct id *message)
{
    struct scout *s = arg;
    struct link_peer to;
    enum err e = peer_of(s, node, &to);

    return e != OK ? e : link_send(s->link, &to, MSG_ORDER, bytes, len, order_acknowledged, s, message);
}

static void cancel(void *arg, struct id message)
{
    struct scout *s = arg;

    if (s->link != NULL)
        link_cancel(s->link, message);
}

static void ask_hello(void *arg, struct id id)
{
    struct scout *s = arg;
    struct node *node = nodes_find(s->nodes, id);

    if (node != NULL)
        intake_sync(s->intake, node);
}

static void job_changed(void *arg, struct job *j)
{
    struct scout *s = arg;

    if (s->store != NULL && (jobstate_may_order(j->state) || j->state == JOB_ORDERED))
        store_put_job(s->store, j);
    if (s->web != NULL)
        web_job_changed(s->web, j);
}

static void job_leaving(void *arg, struct job *j)
{
    struct scout *s = arg;

    releases_forget(s->releases, j);
    if (s->web != NULL)
        web_job_gone(s->web, j);
}

static enum err close_at_keyholder(void *arg, const struct closing_want *want, uint8_t record[static CLOSED_LEN])
{
    struct scout *s = arg;
    uint8_t body[ID_LEN + 1 + 2 + PERSON_SIZE + 2 + REPORT_MAX_LEN];
    uint8_t *answer = malloc(KH_FRAME_MAX);
    struct wbuf b = wbuf_of(body, sizeof body);
    size_t len = 0;
    enum err e = ERR_NOMEM;

    if (answer == NULL)
        goto out;
    if ((e = wbuf_id(&b, want->job)) != OK || (e = wbuf_u8(&b, want->reason)) != OK ||
        (e = wbuf_text16(&b, want->person)) != OK || (e = wbuf_bytes16(&b, want->report, want->report_len)) != OK)
        goto out;
    if ((e = kh_ask(s->keyholder, KH_CLOSE, b.start, b.len, answer, &len, NULL, 0)) != OK)
        goto out;
    e = ERR_PEER;
    if (len != CLOSED_LEN)
        goto out;
    memcpy(record, answer, CLOSED_LEN);
    e = OK;
out:
    free(answer);
    return e;
}

static enum err send_closed(void *arg, struct id node, const uint8_t record[static CLOSED_LEN], link_ack_fn *on_ack,
                            void *ack_arg, struct id *message)
{
    struct scout *s = arg;
    struct link_peer to;
    enum err e;

    if (s->link == NULL)
        return ERR_NOTFOUND;
    if ((e = peer_of(s, node, &to)) != OK)
        return e;
    return link_send(s->link, &to, MSG_CLOSED, record, CLOSED_LEN, on_ack, ack_arg, message);
}

static enum err describe(void *arg, const uint8_t *file, size_t len, struct described *out)
{
    struct scout *s = arg;
    uint8_t *answer = malloc(KH_FRAME_MAX);
    size_t answer_len = 0;
    const uint8_t *skipped;
    struct rbuf b;
    enum err e = ERR_NOMEM;

    if (answer == NULL)
        goto out;
    if ((e = kh_ask(s->keyholder, KH_DESCRIBE, file, len, answer, &answer_len, NULL, 0)) != OK)
        goto out;
    b = rbuf_of(answer, answer_len);
    if ((e = rbuf_u32(&b, &out->number)) != OK || (e = rbuf_take(&b, CHUNKED_PREFIX_LEN + 8, &skipped)) != OK ||
        (e = rbuf_text16(&b, out->owner, sizeof out->owner)) != OK)
        goto out;
    e = ticket_read(b.at, b.left, &out->ticket);
out:
    free(answer);
    return e;
}

/* A sync is answered by lists, not by an acknowledgement; repeating ends when they are complete. */
static void sync_acknowledged(void *arg, struct id message, enum err result)
{
    (void)arg;
    (void)message;
    (void)result;
}

static int is_closed(void *arg, struct id job)
{
    struct scout *s = arg;

    return closing_has(s->closing, job);
}

static void tell_closed(void *arg, struct id job, struct id origin)
{
    struct scout *s = arg;
    /* The keyholder answers with the reason for which it was closed, whatever is asked for here. */
    const struct closing_want want = {.job = job, .node = origin, .reason = CLOSED_CANCELED};

    if (closing_start(s->closing, &want) != OK)
        log_warn("close_delayed", "why=no memory");
}

static enum err send_sync(void *arg, const struct node *node, const uint8_t *body, size_t len, struct id *message)
{
    struct scout *s = arg;

    if (s->link == NULL)
        return ERR_STATE;
    if (bulletin_is_revoked(site_bulletin(s->site), node->peer.node))
        return ERR_REFUSED;
    return link_send(s->link, &node->peer, MSG_SYNC, body, len, sync_acknowledged, NULL, message);
}

enum err ports_say_profile(void *scout, const uint8_t *profile, size_t len)
{
    struct scout *s = scout;
    uint8_t *answer = malloc(KH_FRAME_MAX);
    char why[256] = "";
    size_t answer_len = 0;
    enum err e = ERR_NOMEM;

    if (answer == NULL)
        goto out;
    if ((e = kh_ask(s->keyholder, KH_PROFILE, profile, len, answer, &answer_len, why, sizeof why)) != OK) {
        log_warn("profile_refused", "error=%s why=%s", err_name(e), why);
        goto out;
    }
    e = site_refresh(s->site); /* which publishes the new bulletin */
out:
    free(answer);
    return e;
}

static void tell_one(void *arg, struct node *node)
{
    struct scout *s = arg;
    uint8_t body[NEWS_LEN];
    struct wbuf b = wbuf_of(body, sizeof body);
    enum err e;

    if (!node->introduced || bulletin_is_revoked(site_bulletin(s->site), node->peer.node))
        return;
    if ((e = wbuf_u32(&b, site_bulletin(s->site)->version)) == OK)
        e = link_send(s->link, &node->peer, MSG_BULLETIN, body, b.len, NULL, NULL, NULL);
    if (e != OK)
        log_warn("bulletin_not_told", "why=%s", err_name(e)); /* it asks by itself, a little later */
}

/* The link sends in order, so a relay has the bulletin before the news of it. */
void ports_tell_bulletin(void *scout)
{
    struct scout *s = scout;

    if (s->link != NULL)
        nodes_each(s->nodes, tell_one, s);
}

void ports_forget_job(struct scout *s, struct job *j)
{
    job_leaving(s, j);
    index_remove(s->index, j);
}

void ports_close_job(struct scout *s, struct job *j, enum close_reason reason, const char *person)
{
    struct closing_want want = {.job = j->id, .node = j->origin, .reason = (uint8_t)reason};

    snprintf(want.person, sizeof want.person, "%s", person);
    if (closing_start(s->closing, &want) != OK)
        log_warn("close_delayed", "why=no memory");
    store_drop_job(s->store, j->id);
    if (reason != CLOSED_DELIVERED) { /* what was printed stays on the screen for a while */
        ports_count_unreleased(s, j);
        ports_forget_job(s, j);
    }
}

static enum err make_releases(struct scout *s)
{
    return releases_new(&(struct releases_opts){.loop = s->loop,
                                                .index = s->index,
                                                .grant = grant,
                                                .send = send_order,
                                                .cancel = cancel,
                                                .ask_hello = ask_hello,
                                                .changed = job_changed,
                                                .arg = s,
                                                .answer_ms = ANSWER_MS,
                                                .hello_ms = HELLO_MS,
                                                .silence_ms = SILENCE_MS,
                                                .standstill_ms = STANDSTILL_MS,
                                                .turn_ms = TURN_MS},
                        &s->releases);
}

static enum err make_intake(struct scout *s)
{
    return intake_new(&(struct intake_opts){.loop = s->loop,
                                            .index = s->index,
                                            .nodes = s->nodes,
                                            .store = s->store,
                                            .site = s->site_id,
                                            .describe = describe,
                                            .is_closed = is_closed,
                                            .tell_closed = tell_closed,
                                            .send_sync = send_sync,
                                            .cancel = cancel,
                                            .changed = job_changed,
                                            .leaving = job_leaving,
                                            .arg = s,
                                            .retry_ms = KEYHOLDER_RETRY_MS,
                                            .round_ms = LIST_ROUND_MS},
                      &s->intake);
}

static enum err make_closing(struct scout *s)
{
    return closing_new(&(struct closing_opts){.loop = s->loop,
                                              .store = s->store,
                                              .close = close_at_keyholder,
                                              .send = send_closed,
                                              .cancel = cancel,
                                              .arg = s,
                                              .retry_ms = KEYHOLDER_RETRY_MS},
                       &s->closing);
}

static void restore_job(void *arg, const struct job *row)
{
    struct scout *s = arg;

    intake_restore(s->intake, row);
}

static void restore_node(void *arg, const uint8_t bytes[static CERTIFICATE_LEN])
{
    struct scout *s = arg;
    struct certificate c;
    struct node *node;

    if (certificate_read(bytes, CERTIFICATE_LEN, site_bulletin(s->site)->site_public, &c) != OK ||
        nodes_put(s->nodes, bytes, &c, &node) != OK)
        log_warn("node_not_restored", "why=its certificate does not check");
}

static void restore_closed(void *arg, struct id job, struct id node, const uint8_t record[static CLOSED_LEN])
{
    struct scout *s = arg;

    closing_restore(s->closing, job, node, record);
}

enum err ports_make_jobs(struct scout *s)
{
    const struct index_limits limits = {.jobs = JOBS_MAX, .person_jobs = PERSON_JOBS_MAX};
    const struct store_reader reader = {.job = restore_job, .node = restore_node, .closed = restore_closed, .arg = s};
    enum err e;

    if ((e = index_new(&limits, &s->index)) != OK || (e = nodes_new(NODES_MAX, &s->nodes)) != OK)
        return e;
    if ((e = make_releases(s)) != OK || (e = make_closing(s)) != OK || (e = make_intake(s)) != OK)
        return e;
    store_read(s->store, &reader);
    return OK;
}
