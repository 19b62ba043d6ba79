/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intake_rounds: a round is a sync with a fresh nonce and the lists that echo it. When all parts are there, what the
 * node did not name is gone, and what it named and is not known is asked for in one more round.
 */
#include "devicescout/jobs/intake_rounds.h"

#include <string.h>

#include "base/log.h"
#include "crypto/secret.h"

#define ROUNDS_MAX 8 /* a courier that names jobs it never announces is not asked for ever */

static int is_known(const struct intake *in, struct id id, uint32_t digest)
{
    const struct job *j = index_find(in->opts.index, id);

    return (j != NULL && j->digest == digest) || in->opts.is_closed(in->opts.arg, id);
}

static void send_sync(struct intake *in, struct node *node)
{
    uint8_t body[ID_LEN * (1 + NODE_WANTED_MAX)];
    struct wbuf b = wbuf_of(body, sizeof body);
    enum err e;

    secret_random(&node->nonce, sizeof node->nonce);
    e = wbuf_id(&b, node->nonce);
    for (size_t i = 0; e == OK && i < node->wanted_len; i++) {
        if (!is_known(in, node->wanted[i].job, node->wanted[i].digest))
            e = wbuf_id(&b, node->wanted[i].job);
    }
    if (e != OK || (node->wanted_len > 0 && b.len == ID_LEN)) { /* all of it has come meanwhile */
        node->wanted_len = 0;
        return;
    }
    node->seen_len = 0;
    node->wanted_len = 0;
    node->asking = in->opts.send_sync(in->opts.arg, node, body, b.len, &node->message) == OK;
}

void intake_sync(struct intake *in, struct node *node)
{
    if (node->asking)
        return;
    node->rounds = 0;
    send_sync(in, node);
}

/*
 * Is this part one of the round, and not yet seen? A sync that comes again, because a list was lost, is answered again;
 * the first sequence tells the answers apart, for the list may have changed between them.
 */
static enum err check_part(const struct node *node, const struct list *part, uint64_t sequence)
{
    if (!node->asking || !id_equal(part->nonce, node->nonce))
        return ERR_STALE;
    if (part->parts == 0 || part->parts > NODE_PARTS_MAX || part->part >= part->parts || sequence < part->part)
        return ERR_FORMAT;
    if (node->seen_len == 0 || sequence - part->part > node->list_sequence)
        return OK; /* begins an answer */
    if (sequence - part->part < node->list_sequence)
        return ERR_STALE;
    if (node->parts != part->parts)
        return ERR_FORMAT;
    return node->seen[part->part] ? ERR_STALE : OK;
}

static void begin_answer(struct node *node, const struct list *part, uint64_t first_sequence)
{
    node->list_sequence = first_sequence;
    node->parts = part->parts;
    node->seen_len = 0;
    node->wanted_len = 0;
    memset(node->seen, 0, sizeof node->seen);
    node->round++;
}

static void take_job(struct intake *in, struct node *node, struct id id, uint32_t digest)
{
    struct job *j = index_find(in->opts.index, id);

    if (!is_known(in, id, digest) && node->wanted_len < NODE_WANTED_MAX) {
        node->wanted[node->wanted_len].job = id;
        node->wanted[node->wanted_len++].digest = digest;
    }
    if (j == NULL || !id_equal(j->origin, node->peer.node))
        return;
    j->round = node->round;
    if (j->listed)
        return;
    j->listed = 1;
    intake_describe_later(in, j);
}

struct sweep {
    struct intake *in;
    const struct node *node;
};

/* What the node did not name is gone, unless it was announced after the list was made. */
static void remove_unlisted(void *arg, struct job *j)
{
    struct sweep *s = arg;
    char text[ID_HEX_SIZE];

    if (!id_equal(j->origin, s->node->peer.node) || j->round == s->node->round || j->final_boot_ms != 0)
        return;
    if (j->announced_sequence > s->node->list_sequence) {
        if (!j->listed) {
            j->listed = 1;
            intake_describe_later(s->in, j);
        }
        return;
    }
    log_info("job_not_listed", "job=%s", id_text(j->id, text));
    intake_remove(s->in, j);
}

static void next_round(void *arg, struct node *node)
{
    struct intake *in = arg;

    if (node->wanted_len > 0 && !node->asking && ++node->rounds < ROUNDS_MAX)
        send_sync(in, node);
}

static void next_rounds(void *arg)
{
    struct intake *in = arg;

    in->round_timer = 0;
    nodes_each(in->opts.nodes, next_round, in);
}

static void round_ended(struct intake *in, struct node *node)
{
    struct sweep s = {.in = in, .node = node};

    in->opts.cancel(in->opts.arg, node->message);
    node->asking = 0;
    node->synced = 1;
    if (index_each(in->opts.index, remove_unlisted, &s) != OK)
        log_warn("list_unfinished", "why=no memory");
    if (node->wanted_len > 0 && in->round_timer == 0 &&
        loop_after(in->opts.loop, in->opts.round_ms, next_rounds, in, &in->round_timer) != OK)
        log_warn("list_unfinished", "why=no memory");
}

enum err intake_list(struct intake *in, struct node *node, const struct list *part, uint64_t sequence)
{
    enum err e = check_part(node, part, sequence);

    if (e != OK)
        return e;
    if (node->seen_len == 0 || sequence - part->part > node->list_sequence)
        begin_answer(node, part, sequence - part->part);
    node->seen[part->part] = 1;
    node->seen_len++;
    for (size_t i = 0; i < part->count; i++)
        take_job(in, node, part->jobs[i].job, part->jobs[i].digest);
    if (node->seen_len == node->parts)
        round_ended(in, node);
    return OK;
}
