/* SPDX-License-Identifier: Apache-2.0 */
/* questions: see questions.h. */
#include "devicescout/questions.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/tries.h"
#include "proto/question.h"

/*
 * A node that makes addresses up to get round their limit meets its own. A right password does not count. 2 s, and no
 * more: while they last nobody prints through that node, so with 10 s six computers that guess would close it for all.
 */
static const struct tries_opts node_limits = {
    .keys = 4096, .free_tries = 60, .delay_ms = 500, .delay_max_ms = 2000, .forget_ms = 900000};

/*
 * Of one node, answered and not acknowledged ones among them. Each is a page of locked memory, so a node that asks and
 * never acknowledges must not have as many as the link would carry.
 */
#define ASKING_MAX (2 * QUESTIONS_MAX)

struct asking { /* locked memory: it holds a key */
    struct questions *q;
    struct link_peer from;
    struct id question;
    uint8_t answer_key[KEY_LEN];
    uint64_t sign_in;  /* its number; 0: answered */
    struct id message; /* the answer, until it is acknowledged */
    uint64_t timer;
    LIST_ENTRY(asking) next;
};

struct questions {
    struct scout *scout;
    struct tries *nodes;
    LIST_HEAD(, asking) asking;
};

enum err questions_new(struct scout *s, struct questions **out)
{
    struct questions *q = calloc(1, sizeof *q);
    enum err e;

    if (q == NULL)
        return ERR_NOMEM;
    q->scout = s;
    LIST_INIT(&q->asking);
    if ((e = tries_new(&node_limits, &q->nodes)) != OK) {
        free(q);
        return e;
    }
    *out = q;
    return OK;
}

static void forget(struct asking *a)
{
    struct scout *s = a->q->scout;

    if (a->sign_in != 0)
        signin_forget(s->signin, a->sign_in);
    if (!id_is_zero(a->message))
        link_cancel(s->link, a->message);
    if (a->timer != 0)
        loop_cancel(s->loop, a->timer);
    LIST_REMOVE(a, next);
    secret_free(a);
}

void questions_free(struct questions *q)
{
    if (q == NULL)
        return;
    while (!LIST_EMPTY(&q->asking))
        forget(LIST_FIRST(&q->asking));
    tries_free(q->nodes);
    free(q);
}

static void on_ack(void *arg, struct id message, enum err result)
{
    struct asking *a = arg;

    (void)message, (void)result;
    a->message = (struct id){{0}};
    forget(a);
}

/* Nobody waits for the answer any more. */
static void on_late(void *arg)
{
    struct asking *a = arg;

    a->timer = 0;
    forget(a);
}

static void answer(struct asking *a, const struct answer *what)
{
    struct scout *s = a->q->scout;
    uint8_t body[ANSWER_MAX_LEN];
    struct wbuf b = wbuf_of(body, sizeof body);
    enum err e;

    a->sign_in = 0;
    if ((e = answer_write(what, a->answer_key, &b)) == OK)
        e = link_send(s->link, &a->from, MSG_ANSWER, b.start, b.len, on_ack, a, &a->message);
    if (e == OK)
        return;
    log_warn("question_not_answered", "why=%s", err_name(e));
    forget(a);
}

static enum answer_outcome outcome_of(enum proof_outcome o)
{
    switch (o) {
    case PROOF_YES:
        return ANSWER_YES;
    case PROOF_TOO_OFTEN:
        return ANSWER_TOO_OFTEN;
    case PROOF_DOWN:
    case PROOF_MISCONFIGURED:
        return ANSWER_DOWN;
    case PROOF_NOT_HERE:
        return ANSWER_MAY_NOT;
    default:
        return ANSWER_NO;
    }
}

static void on_proven(void *arg, const struct proven *proven)
{
    struct asking *a = arg;
    struct answer what = {.question = a->question, .outcome = (uint8_t)outcome_of(proven->outcome)};
    char node[ID_HEX_SIZE];

    if (what.outcome == ANSWER_YES)
        memcpy(what.person, proven->person, sizeof what.person);
    if (what.outcome == ANSWER_TOO_OFTEN)
        what.wait_s = (uint32_t)((proven->wait_ms + 999) / 1000);
    if (what.outcome != ANSWER_NO && what.outcome != ANSWER_TOO_OFTEN)
        tries_take_back(a->q->nodes, id_text(a->from.node, node));
    answer(a, &what);
}

static enum err open_question(const struct scout *s, const struct message *m, struct question *out)
{
    uint8_t *plain = secret_new(ENVELOPE_MAX_LEN);
    size_t len = 0;
    enum err e = ERR_NOMEM;

    if (plain == NULL)
        goto out;
    e = ERR_FORMAT;
    if (m->body_len != QUESTION_BODY_LEN)
        goto out;
    e = envelope_open(s->keys->box_public, s->keys->box_secret, m->body + ID_LEN, QUESTION_SEALED_LEN, plain, &len);
    if (e != OK || (e = question_read(plain, len, out)) != OK)
        goto out;
    /* One that was caught elsewhere is not asked again by another node. */
    e = id_equal(out->site, s->site_id) && id_equal(out->node, m->sender) ? OK : ERR_REFUSED;
out:
    secret_free(plain);
    return e;
}

/* Have it checked; fn comes later. */
static enum err check(struct asking *a, const struct question *question)
{
    struct proof *p = secret_new(sizeof *p);
    enum err e = ERR_NOMEM;

    if (p == NULL)
        return e;
    p->kind = PROOF_PRINTING;
    strcpy(p->name, question->name);
    strcpy(p->password, question->password);
    strcpy(p->address, question->address);
    id_text(a->from.node, p->node);
    e = signin_start(a->q->scout->signin, p, on_proven, a, &a->sign_in);
    secret_free(p);
    return e;
}

static enum err begin(struct asking *a, const struct question *question)
{
    struct answer too_often = {.question = a->question, .outcome = ANSWER_TOO_OFTEN};
    char node[ID_HEX_SIZE];
    uint64_t wait_ms = 0;
    enum err e;

    if ((e = loop_after(a->q->scout->loop, QUESTION_WITHIN_MS, on_late, a, &a->timer)) != OK)
        return e;
    e = tries_begin(a->q->nodes, id_text(a->from.node, node), clock_boot_ms(), &wait_ms);
    if (e == ERR_LIMIT) {
        too_often.wait_s = (uint32_t)((wait_ms + 999) / 1000);
        answer(a, &too_often);
        return OK;
    }
    return e != OK ? e : check(a, question);
}

static size_t count_asking(const struct questions *q, struct id node)
{
    const struct asking *a;
    size_t n = 0;

    LIST_FOREACH(a, &q->asking, next)
    {
        if (id_equal(a->from.node, node))
            n++;
    }
    return n;
}

enum err questions_take(struct questions *q, const struct message *m, const struct link_peer *from)
{
    const struct node *node = nodes_find(q->scout->nodes, m->sender);
    struct question *question = NULL;
    struct asking *a = NULL;
    enum err e = ERR_STATE;

    if (node == NULL || !node->introduced)
        goto out; /* its hello says whose it is, and is on its way */
    e = ERR_REFUSED;
    if (node->person[0] != '\0' || !(node->roles & ROLE_ORIGIN))
        goto out;
    e = ERR_LIMIT; /* the courier fails it: the person is told to print again soon */
    if (count_asking(q, m->sender) >= ASKING_MAX)
        goto out;
    e = ERR_NOMEM;
    if ((question = secret_new(sizeof *question)) == NULL || (a = secret_new(sizeof *a)) == NULL)
        goto out;
    if ((e = open_question(q->scout, m, question)) != OK)
        goto out;
    a->q = q;
    a->from = *from;
    memcpy(a->question.b, m->body, ID_LEN);
    memcpy(a->answer_key, question->answer_key, KEY_LEN);
    LIST_INSERT_HEAD(&q->asking, a, next);
    if ((e = begin(a, question)) != OK)
        forget(a);
    a = NULL; /* the list's, or gone */
out:
    secret_free(question);
    secret_free(a);
    return e == ERR_FULL ? ERR_STATE : e;
}
