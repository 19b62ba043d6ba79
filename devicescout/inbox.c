/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inbox: a table of message types. The keyholder judges what a message claims; here only who may say it is checked,
 * and what follows from it is done.
 */
#include "devicescout/inbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "devicescout/join.h"
#include "devicescout/ports.h"
#include "devicescout/questions.h"
#include "proto/hello.h"

static enum err peer_of_certificate(struct scout *s, const struct certificate *c, struct link_peer *out)
{
    if (bulletin_is_revoked(site_bulletin(s->site), c->node))
        return ERR_REFUSED;
    out->node = c->node;
    memcpy(out->sign_public, c->sign_public, KEY_LEN);
    memcpy(out->box_public, c->box_public, KEY_LEN);
    return OK;
}

static enum err peer_of_hello(struct scout *s, const struct message *m, struct link_peer *out)
{
    struct hello h;
    enum err e = hello_read(m->body, m->body_len, site_bulletin(s->site)->site_public, &h);

    return e != OK ? e : peer_of_certificate(s, &h.certificate, out);
}

static enum err peer_of_join(const struct message *m, struct link_peer *out)
{
    struct join_request r;
    enum err e = join_request_read(m->body, m->body_len, &r);

    if (e != OK)
        return e;
    out->node = verify_key_id(r.sign_public);
    memcpy(out->sign_public, r.sign_public, KEY_LEN);
    memcpy(out->box_public, r.box_public, KEY_LEN);
    return OK;
}

enum err inbox_find_peer(void *scout, const struct message *m, struct link_peer *out)
{
    struct scout *s = scout;
    const struct node *node;

    if (m->type == MSG_HELLO)
        return peer_of_hello(s, m, out);
    if (m->type == MSG_JOIN)
        return peer_of_join(m, out);
    if ((node = nodes_find(s->nodes, m->sender)) == NULL)
        return ERR_NOTFOUND;
    if (bulletin_is_revoked(site_bulletin(s->site), m->sender))
        return ERR_REFUSED;
    *out = node->peer;
    return OK;
}

/* What the keyholder answers to a hello: whose the node is. */
static enum err introduce(struct scout *s, const struct message *m, char person[static PERSON_SIZE])
{
    uint8_t *answer = malloc(KH_FRAME_MAX);
    size_t len = 0;
    struct id node;
    struct rbuf b;
    enum err e = ERR_NOMEM;

    if (answer == NULL)
        goto out;
    if ((e = kh_ask(s->keyholder, KH_HELLO, m->body, m->body_len, answer, &len, NULL, 0)) != OK)
        goto out;
    b = rbuf_of(answer, len);
    if ((e = rbuf_id(&b, &node)) != OK || (e = rbuf_text16(&b, person, PERSON_SIZE)) != OK)
        goto out;
    e = id_equal(node, m->sender) ? OK : ERR_PEER;
out:
    free(answer);
    return e;
}

static enum err on_hello(struct scout *s, const struct message *m)
{
    struct node *node = nodes_find(s->nodes, m->sender);
    struct hello h;
    char person[PERSON_SIZE], text[ID_HEX_SIZE];
    int is_new;
    enum err e;

    if (node != NULL && m->sequence <= node->hello_sequence)
        return OK; /* a later one came first */
    if ((e = hello_read(m->body, m->body_len, site_bulletin(s->site)->site_public, &h)) != OK)
        return e;
    if ((e = introduce(s, m, person)) != OK) {
        log_warn("hello_refused", "node=%s why=%s", id_text(m->sender, text), err_name(e));
        return e;
    }
    if ((e = nodes_put(s->nodes, h.certificate_bytes, &h.certificate, &node)) != OK)
        return ERR_STATE;
    memcpy(node->person, person, sizeof node->person);
    node->hello_sequence = m->sequence;
    is_new = !node->introduced;
    node->introduced = 1;
    log_info("hello", "node=%s roles=%u", id_text(m->sender, text), node->roles);
    if (is_new) {
        store_put_node(s->store, m->sender, node->certificate);
        intake_introduced(s->intake, node);
    }
    if (!node->synced)
        intake_sync(s->intake, node);
    closing_node_up(s->closing, m->sender);
    releases_hello(s->releases, m->sender);
    return OK;
}

static enum err on_announce(struct scout *s, const struct message *m)
{
    struct node *node = nodes_find(s->nodes, m->sender);

    return node == NULL ? ERR_STATE : intake_announce(s->intake, node, m->body, m->body_len, m->sequence);
}

static enum err on_list(struct scout *s, const struct message *m)
{
    struct node *node = nodes_find(s->nodes, m->sender);
    struct list *part = malloc(sizeof *part);
    enum err e = ERR_NOMEM;

    if (part == NULL || node == NULL)
        goto out;
    if ((e = list_read(m->body, m->body_len, part)) != OK)
        goto out;
    e = intake_list(s->intake, node, part, m->sequence);
out:
    free(part);
    return e;
}

/* The last word on an order goes to the keyholder first: it checks that the order was this node's, and remembers. */
static enum err on_report(struct scout *s, const struct message *m, const struct link_peer *from)
{
    struct report r;
    struct job *j;
    enum release_paper paper;
    enum err e = report_read(m->body, m->body_len, from->sign_public, &r);

    if (e != OK)
        return e;
    if (!id_equal(r.node, m->sender) || !id_equal(r.site, s->site_id))
        return ERR_REFUSED;
    if ((j = index_find(s->index, r.job)) != NULL && !id_equal(j->origin, m->sender))
        return ERR_REFUSED; /* only the origin delivers from its own spool */
    if (r.terminal && (e = kh_ask(s->keyholder, KH_REPORT, m->body, m->body_len, NULL, NULL, NULL, 0)) != OK)
        return e;
    paper = releases_report(s->releases, &r);
    if (paper != PAPER_NONE_CAME)
        ports_count_printed(s, j);
    if (paper == PAPER_CAME)
        ports_close_job(s, j, CLOSED_DELIVERED, job_person(j));
    return OK;
}

static enum err on_gone(struct scout *s, const struct message *m)
{
    struct gone g;
    struct job *j;
    enum err e = gone_read(m->body, m->body_len, &g);

    if (e != OK)
        return e;
    j = index_find(s->index, g.job);
    if (j != NULL && !id_equal(j->origin, m->sender))
        return ERR_REFUSED;
    intake_gone(s->intake, g.job);
    if (j != NULL && j->final_boot_ms == 0)
        ports_close_job(s, j, (enum close_reason)g.reason, "");
    return OK;
}

enum err inbox_on_message(void *scout, const struct message *m, const struct link_peer *from)
{
    struct scout *s = scout;

    switch (m->type) {
    case MSG_HELLO:
        return on_hello(s, m);
    case MSG_ANNOUNCE:
        return on_announce(s, m);
    case MSG_REPORT:
        return on_report(s, m, from);
    case MSG_GONE:
        return on_gone(s, m);
    case MSG_LIST:
        return on_list(s, m);
    case MSG_QUESTION:
        return questions_take(s->questions, m, from);
    case MSG_JOIN:
        return join_take(s, m, from);
    default:
        return ERR_UNSUPPORTED; /* a device scout is not told orders or syncs */
    }
}

static void sync_if_known(void *arg, struct node *node)
{
    struct scout *s = arg;

    if (!node->synced)
        intake_sync(s->intake, node);
    closing_node_up(s->closing, node->peer.node);
}

void inbox_on_connection(void *scout, const char *relay_url, int up)
{
    struct scout *s = scout;

    log_info("relay", "url=%s up=%d", relay_url, up);
    if (!up)
        return;
    site_relay_up(s->site);
    /* After a restart: whoever was known before is asked what it holds, without waiting for its next hello. */
    nodes_each(s->nodes, sync_if_known, s);
}
