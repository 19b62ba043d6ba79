/* SPDX-License-Identifier: Apache-2.0 */
/* gate_answer: what the courier brings back, believed only with the MAC of the device scout that was asked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "printscout/queue/gate_parts.h"

#define AGAIN_S 10 /* a site that could not be reached is worth another try then */

void gate_pair(const char *group, const char *name, char out[static PAIR_SIZE])
{
    snprintf(out, PAIR_SIZE, "%s %s", group, name);
}

struct gate_answer gate_refusal(enum answer_outcome outcome, uint32_t wait_s)
{
    static const char *const sentences[] = {
        [ANSWER_YES] = "",
        [ANSWER_NO] = "Name or password is wrong.",
        [ANSWER_TOO_OFTEN] = "Too many wrong passwords. Wait, then try again.",
        [ANSWER_DOWN] =
            "Your password cannot be checked now: the site is not reached. Nothing is lost; print again soon.",
        [ANSWER_MAY_NOT] = "You may not print here.",
    };

    if (outcome == ANSWER_DOWN && wait_s == 0)
        wait_s = AGAIN_S;
    return (struct gate_answer){.outcome = (uint8_t)outcome, .wait_s = wait_s, .why = sentences[outcome]};
}

struct gate_answer gate_answer_of(const struct verdict *v)
{
    struct gate_answer a = gate_refusal((enum answer_outcome)v->outcome, 0);

    a.number = v->number;
    memcpy(a.person, v->person, sizeof a.person);
    return a;
}

/* With the lock held: out of the list, for settle(). NULL: nobody asked that. */
static struct pending *take(struct gate *g, struct id question)
{
    struct pending **at = &g->pending, *p;

    while ((p = *at) != NULL && !id_equal(p->id, question))
        at = &p->next;
    if (p != NULL) {
        *at = p->next;
        g->count--;
    }
    return p;
}

static void settle(struct pending *p, const struct gate_answer *answer)
{
    struct waiter *next;

    for (struct waiter *w = p->waiters; w != NULL; w = next) {
        next = w->next;
        w->fn(w->arg, answer);
        free(w);
    }
    secret_free(p);
}

/* What the device scout said, or that it could not be heard. */
static struct gate_answer read_answer(struct gate *g, const struct pending *p, enum err result, const uint8_t *record,
                                      size_t len)
{
    struct gate_answer out = gate_refusal(ANSWER_DOWN, 0);
    struct answer a = {.outcome = 0};

    if (result == OK && (result = answer_read(record, len, p->answer_key, &a)) == OK && !id_equal(a.question, p->id))
        result = ERR_AUTH;
    if (result == OK && a.outcome == ANSWER_YES &&
        (result = people_number(g->opts.people, a.person, &out.number)) == OK)
        memcpy(out.person, a.person, sizeof out.person);
    if (result != OK) {
        log_warn("question_not_answered", "reason=%s", err_name(result));
        return out;
    }
    if (a.outcome != ANSWER_YES)
        return gate_refusal((enum answer_outcome)a.outcome, a.wait_s);
    out.outcome = ANSWER_YES;
    out.wait_s = 0;
    return out;
}

/*
 * With the lock held. What nobody looked at was not a guess at the name; neither was a right one. The address counts
 * whoever is told to wait and does not, since each time costs the site a message.
 */
static void count_and_keep(struct gate *g, const struct pending *p, const struct gate_answer *a, enum err result)
{
    struct verdict v = {.outcome = a->outcome, .number = a->number};

    if (result == ERR_TIMEOUT && g->turn == p->turn)
        g->turn++; /* the next question goes to the next device scout, if there is one */
    if (a->outcome != ANSWER_NO && a->outcome != ANSWER_TOO_OFTEN)
        tries_take_back(g->addresses, p->group);
    if (a->outcome == ANSWER_DOWN || a->outcome == ANSWER_TOO_OFTEN)
        tries_take_back(g->pairs, p->pair);
    if (a->outcome == ANSWER_YES || a->outcome == ANSWER_MAY_NOT)
        tries_clear(g->pairs, p->pair);
    if (a->outcome == ANSWER_DOWN || a->outcome == ANSWER_TOO_OFTEN)
        return;
    memcpy(v.person, a->person, sizeof v.person);
    verdicts_put(g->verdicts, p->verifier, &v, clock_boot_ms());
}

void gate_on_answer(void *gate, struct id question, enum err result, const uint8_t *record, size_t len)
{
    struct gate *g = gate;
    struct pending *p;
    struct gate_answer answer;

    pthread_mutex_lock(&g->lock);
    if ((p = take(g, question)) != NULL) {
        answer = read_answer(g, p, result, record, len);
        count_and_keep(g, p, &answer, result);
    }
    pthread_mutex_unlock(&g->lock);
    if (p == NULL)
        return;
    log_info("question_answered", "outcome=%u", (unsigned)answer.outcome);
    settle(p, &answer);
}

/* The first question that is due by now, or zero. */
static struct id first_due(struct gate *g, uint64_t now_ms)
{
    struct id none = {{0}};
    const struct pending *p;

    pthread_mutex_lock(&g->lock);
    for (p = g->pending; p != NULL && p->due_ms > now_ms; p = p->next)
        ;
    if (p != NULL)
        none = p->id;
    pthread_mutex_unlock(&g->lock);
    return none;
}

static void give_up(struct gate *g, uint64_t now_ms, enum err why)
{
    for (struct id id = first_due(g, now_ms); !id_is_zero(id); id = first_due(g, now_ms))
        gate_on_answer(g, id, why, NULL, 0);
}

void gate_check(struct gate *g)
{
    give_up(g, clock_boot_ms(), ERR_TIMEOUT);
}

void gate_on_lost(void *gate)
{
    give_up(gate, UINT64_MAX, ERR_UNREACHABLE);
}

void gate_close(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    g->is_closed = 1;
    pthread_mutex_unlock(&g->lock);
    gate_on_lost(g);
}
