/* SPDX-License-Identifier: Apache-2.0 */
/* gate: see gate.h. A question is made here and answered in gate_answer.c. */
#include "printscout/queue/gate.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "printscout/queue/gate_parts.h"

#define WITHIN_MS     10000 /* a courier that says nothing at all; it gives up itself a little before */
#define PAIRS_MAX     20000
#define ADDRESSES_MAX 4000

/*
 * The device scout counts as well, for all of a site; these are so that a guesser does not even reach it. A name counts
 * for each address apart: who guesses from one must not keep the name's person out at another.
 */
static const struct tries_opts pair_limits = {
    .keys = PAIRS_MAX, .free_tries = 5, .delay_ms = 2000, .delay_max_ms = 300000, .forget_ms = 3600000};
static const struct tries_opts address_limits = {
    .keys = ADDRESSES_MAX, .free_tries = 10, .delay_ms = 2000, .delay_max_ms = 60000, .forget_ms = 900000};

struct packet { /* sealed: nothing secret */
    struct packet *next;
    struct id question;
    uint8_t bytes[QUESTION_PACKET_LEN];
};

enum err gate_new(const struct gate_opts *opts, struct gate **out)
{
    struct gate *g = calloc(1, sizeof *g);
    enum err e = ERR_NOMEM;

    if (g == NULL)
        goto out;
    g->opts = *opts;
    pthread_mutex_init(&g->lock, NULL);
    if ((e = verdicts_new(&g->verdicts)) != OK || (e = tries_new(&pair_limits, &g->pairs)) != OK ||
        (e = tries_new(&address_limits, &g->addresses)) != OK)
        goto out;
    e = courier_line_new(
        &(struct courier_line_opts){
            .loop = opts->loop, .spool = opts->spool, .on_answer = gate_on_answer, .on_lost = gate_on_lost, .arg = g},
        &g->line);
    if (e != OK)
        goto out;
    *out = g;
    g = NULL;
out:
    gate_free(g);
    return e;
}

void gate_free(struct gate *g)
{
    struct packet *next;

    if (g == NULL)
        return;
    for (struct packet *p = g->outgoing; p != NULL; p = next) {
        next = p->next;
        free(p);
    }
    courier_line_free(g->line);
    tries_free(g->pairs);
    tries_free(g->addresses);
    verdicts_free(g->verdicts);
    pthread_mutex_destroy(&g->lock);
    free(g);
}

enum err gate_look(struct gate *g, const struct credentials *c, struct gate_answer *out)
{
    uint8_t verifier[VERIFIER_LEN];
    const struct verdict *v;
    enum err e;

    if ((e = verdicts_verifier(g->verdicts, c, verifier)) != OK)
        return e;
    pthread_mutex_lock(&g->lock);
    if ((v = verdicts_find(g->verdicts, verifier, clock_boot_ms())) != NULL)
        *out = gate_answer_of(v);
    pthread_mutex_unlock(&g->lock);
    secret_wipe(verifier, sizeof verifier);
    return v != NULL ? OK : ERR_NOTFOUND;
}

static struct packet *take_packets(struct gate *g)
{
    struct packet *p;

    pthread_mutex_lock(&g->lock);
    p = g->outgoing;
    g->outgoing = NULL;
    pthread_mutex_unlock(&g->lock);
    return p;
}

/* On the loop's thread. */
static void send_packets(void *arg)
{
    struct gate *g = arg;
    struct packet *next;

    for (struct packet *p = take_packets(g); p != NULL; p = next) {
        const enum err e = courier_line_send(g->line, p->bytes, sizeof p->bytes);

        next = p->next;
        if (e != OK)
            gate_on_answer(g, p->question, e, NULL, 0);
        free(p);
    }
}

/* Seal the question to the device scout whose turn it is, and have it sent. With the lock held. */
static enum err send_question(struct gate *g, struct pending *p, const struct credentials *c, const char *address)
{
    struct question *q = secret_new(sizeof *q);
    uint8_t *plain = secret_new(QUESTION_LEN);
    struct packet *packet = malloc(sizeof *packet);
    struct bulletin_scout scout;
    size_t len = 0;
    enum err e = ERR_NOMEM;

    if (q == NULL || plain == NULL || packet == NULL)
        goto out;
    if ((e = enrollment_scout(g->opts.enrollment, g->turn, &scout, &q->site, &q->node)) != OK)
        goto out;
    p->turn = g->turn;
    memcpy(q->answer_key, p->answer_key, KEY_LEN);
    strcpy(q->name, c->name);
    strcpy(q->password, c->password);
    memcpy(q->address, address, strnlen(address, sizeof q->address - 1));
    if ((e = question_write(q, plain)) != OK)
        goto out;
    packet->question = p->id;
    memcpy(packet->bytes, scout.node.b, ID_LEN);
    memcpy(packet->bytes + ID_LEN, p->id.b, ID_LEN);
    if ((e = envelope_seal(scout.box_public, plain, QUESTION_LEN, packet->bytes + 2 * (size_t)ID_LEN, &len)) != OK)
        goto out;
    if ((e = len == QUESTION_SEALED_LEN ? loop_post(g->opts.loop, send_packets, g) : ERR_FORMAT) != OK)
        goto out;
    packet->next = g->outgoing;
    g->outgoing = packet; /* the list owns it now */
    packet = NULL;
out:
    secret_free(q);
    secret_free(plain);
    free(packet);
    return e;
}

/* With the lock held. On an error nobody waits. */
static enum err start(struct gate *g, const struct credentials *c, const char *address,
                      const uint8_t verifier[static VERIFIER_LEN], struct pending **out)
{
    struct pending *p = secret_new(sizeof *p);
    enum err e;

    if (p == NULL)
        return ERR_NOMEM;
    secret_random(&p->id, sizeof p->id);
    secret_random(p->answer_key, sizeof p->answer_key);
    memcpy(p->verifier, verifier, VERIFIER_LEN);
    tries_address_key(address, p->group);
    gate_pair(p->group, c->name, p->pair);
    p->due_ms = clock_boot_ms() + WITHIN_MS;
    if ((e = send_question(g, p, c, address)) != OK) {
        log_warn("question_not_sent", "reason=%s", err_name(e));
        tries_take_back(g->addresses, p->group);
        tries_take_back(g->pairs, p->pair);
        secret_free(p);
        return e;
    }
    p->next = g->pending;
    g->pending = p;
    g->count++;
    *out = p;
    return OK;
}

/* May it be tried now? With the lock held. */
static enum err limit(struct gate *g, const struct credentials *c, const char *address, struct gate_answer *out)
{
    const uint64_t now = clock_boot_ms();
    char group[TRIES_ADDRESS_SIZE], pair[PAIR_SIZE];
    uint64_t wait_ms = 0;
    enum err e;

    tries_address_key(address, group);
    gate_pair(group, c->name, pair);
    if ((e = tries_begin(g->addresses, group, now, &wait_ms)) == OK &&
        (e = tries_begin(g->pairs, pair, now, &wait_ms)) != OK)
        tries_take_back(g->addresses, group);
    if (e == ERR_LIMIT)
        *out = gate_refusal(ANSWER_TOO_OFTEN, (uint32_t)(wait_ms / 1000) + 1);
    return e;
}

static struct pending *find_same(const struct gate *g, const uint8_t verifier[static VERIFIER_LEN])
{
    struct pending *p = g->pending;

    while (p != NULL && !secret_equal(p->verifier, verifier, VERIFIER_LEN))
        p = p->next;
    return p;
}

/* With the lock held: the question that waiter waits for; or an error, and out is the answer. */
static enum err join(struct gate *g, const struct credentials *c, const char *address, struct waiter *waiter,
                     struct gate_answer *out)
{
    uint8_t verifier[VERIFIER_LEN];
    struct pending *p = NULL;
    enum err e;

    *out = gate_refusal(ANSWER_DOWN, 0);
    if ((e = verdicts_verifier(g->verdicts, c, verifier)) != OK)
        return e;
    e = g->is_closed || g->count >= QUESTIONS_MAX ? ERR_FULL : OK;
    if (e == OK && (p = find_same(g, verifier)) == NULL && (e = limit(g, c, address, out)) == OK)
        e = start(g, c, address, verifier, &p);
    secret_wipe(verifier, sizeof verifier);
    if (e != OK)
        return e;
    waiter->next = p->waiters;
    p->waiters = waiter;
    return OK;
}

void gate_ask(struct gate *g, const struct credentials *c, const char *address, gate_fn *fn, void *arg)
{
    struct waiter *waiter = malloc(sizeof *waiter);
    struct gate_answer answer = gate_refusal(ANSWER_DOWN, 0);
    enum err e = ERR_NOMEM;

    if (waiter != NULL) {
        *waiter = (struct waiter){.fn = fn, .arg = arg};
        pthread_mutex_lock(&g->lock);
        e = join(g, c, address, waiter, &answer);
        pthread_mutex_unlock(&g->lock);
    }
    if (e == OK)
        return;
    free(waiter);
    fn(arg, &answer);
}
