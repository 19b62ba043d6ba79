/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signin: one attempt from the typed name to the answer: limits, the directory (signin_check.c), the time of a refusal.
 */
#include "devicescout/people/signin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "devicescout/people/signin_check.h"
#include "devicescout/people/signin_record.h"
#include "proto/keyholder.h"

#define ADDRESSES_MAX 4000

#define TOO_OFTEN_EVERY_MS 10000

struct attempt {
    struct signin *signin;
    uint64_t number;
    uint64_t started_ms;
    uint64_t timer; /* the longest wait, then the delay of a refusal */
    int settled;    /* the answer is known, and only waits for its time */
    char address[64];
    char group[TRIES_ADDRESS_SIZE + 16];         /* what is counted: the address, or the /64 that an IPv6 one is of */
    const char *where;                           /* "printer", or of a shared queue "node" */
    char place[PRINTER_NAME_SIZE + ID_HEX_SIZE]; /* its name or id */
    char account[DIRECTORY_NAME_MAX + 1];        /* at such a queue: the name as typed */
    struct proven answer;
    signin_fn *fn;
    void *arg;
    LIST_ENTRY(attempt) next;
};

struct signin {
    struct signin_opts opts;
    struct guesses *guesses;
    struct tries *addresses;
    LIST_HEAD(, attempt) attempts;
    uint64_t last_number;
    uint64_t counts[PROOF_OUTCOMES];
    uint64_t too_often_line_ms;
};

/* A panel is shared, so its address is given more. */
static const struct tries_opts address_limits = {
    .keys = ADDRESSES_MAX, .free_tries = 20, .delay_ms = 1000, .delay_max_ms = 60000, .forget_ms = 900000};

enum err signin_new(const struct signin_opts *opts, struct signin **out)
{
    struct signin *s = calloc(1, sizeof *s);
    enum err e = ERR_NOMEM;

    if (s == NULL)
        goto out;
    s->opts = *opts;
    LIST_INIT(&s->attempts);
    if ((e = guesses_new(opts->roster, &s->guesses)) != OK)
        goto out;
    if ((e = tries_new(&address_limits, &s->addresses)) != OK)
        goto out;
    *out = s;
    s = NULL;
out:
    signin_free(s);
    return e;
}

static void attempt_free(struct attempt *a)
{
    if (a->timer != 0)
        loop_cancel(a->signin->opts.loop, a->timer);
    LIST_REMOVE(a, next);
    secret_wipe(a, sizeof *a);
    free(a);
}

void signin_free(struct signin *s)
{
    if (s == NULL)
        return;
    while (!LIST_EMPTY(&s->attempts))
        attempt_free(LIST_FIRST(&s->attempts));
    guesses_free(s->guesses);
    tries_free(s->addresses);
    free(s);
}

static struct attempt *find(struct signin *s, uint64_t number)
{
    struct attempt *a;

    LIST_FOREACH(a, &s->attempts, next)
    {
        if (a->number == number)
            return a;
    }
    return NULL;
}

void signin_forget(struct signin *s, uint64_t number)
{
    struct attempt *a = find(s, number);

    if (a != NULL)
        attempt_free(a);
}

static void answer(void *arg)
{
    struct attempt *a = arg;
    struct proven answer = a->answer;
    signin_fn *fn = a->fn;
    void *fn_arg = a->arg;

    a->timer = 0; /* it is what called */
    attempt_free(a);
    fn(fn_arg, &answer);
}

/* Say it now, or, when it is a refusal, once the time of every refusal has passed. */
static void answer_in_time(struct attempt *a)
{
    uint64_t spent = clock_boot_ms() - a->started_ms;
    uint64_t wait = 0;

    if (a->timer != 0)
        loop_cancel(a->signin->opts.loop, a->timer);
    a->timer = 0;
    if (a->answer.outcome == PROOF_NO && spent < a->signin->opts.refuse_after_ms)
        wait = a->signin->opts.refuse_after_ms - spent;
    if (loop_after(a->signin->opts.loop, wait, answer, a, &a->timer) != OK)
        answer(a);
}

/* Tries that come too early cost a guesser nothing, so they must not fill a disk either: a line now and then. */
static int is_worth_a_line(struct attempt *a)
{
    struct signin *s = a->signin;
    const uint64_t now = clock_boot_ms();

    if (a->answer.outcome != PROOF_TOO_OFTEN)
        return 1;
    if (s->too_often_line_ms != 0 && now < s->too_often_line_ms + TOO_OFTEN_EVERY_MS)
        return 0;
    s->too_often_line_ms = now;
    return 1;
}

static void record(struct attempt *a)
{
    struct signin *s = a->signin;
    const uint64_t count = ++s->counts[a->answer.outcome];

    if (is_worth_a_line(a))
        signin_record(&s->opts, &(struct signin_record){.answer = &a->answer,
                                                        .where = a->where,
                                                        .place = a->place,
                                                        .address = a->address,
                                                        .account = a->account,
                                                        .count = count});
}

/* What nobody could answer was not a guess. */
static int is_unanswered(enum proof_outcome o)
{
    return o == PROOF_DOWN || o == PROOF_MISCONFIGURED;
}

static void settle(struct attempt *a, enum proof_outcome outcome)
{
    struct signin *s = a->signin;

    a->settled = 1;
    a->answer.outcome = outcome;
    if (outcome == PROOF_YES || outcome == PROOF_PIN_WANTED || is_unanswered(outcome))
        tries_take_back(s->addresses, a->group);
    record(a);
    answer_in_time(a);
}

static void checked(void *arg, const struct checked *c)
{
    struct signin *s = arg;
    struct attempt *a = find(s, c->number);

    if (a == NULL || a->settled) /* forgotten, or given up */
        return;
    a->answer = c->proven;
    settle(a, c->proven.outcome);
}

static void too_late(void *arg)
{
    struct attempt *a = arg;

    a->timer = 0;
    settle(a, PROOF_DOWN);
}

/* No network for what can only be wrong. */
static int is_hopeless(const struct proof *p)
{
    switch (p->kind) {
    case PROOF_PASSWORD:
    case PROOF_PRINTING:
        return p->name[0] == '\0' || p->password[0] == '\0';
    case PROOF_NAME_PIN:
        return p->name[0] == '\0' || p->pin[0] == '\0';
    default:
        return p->badge[0] == '\0';
    }
}

/* Where a guess comes from. A print queue only says so, and a laptop that goes on with an old password there is not to
 * close anybody's own panel: whatever comes by a queue comes from elsewhere. */
static const char *place_of(const struct attempt *a, const struct proof *p)
{
    return p->node[0] != '\0' ? "" : a->group;
}

static enum err check(struct attempt *a, const struct proof *p, const struct guess *typed)
{
    struct signin *s = a->signin;
    enum err e;

    if ((e = loop_after(s->opts.loop, s->opts.answer_within_ms, too_late, a, &a->timer)) != OK)
        return e;
    return check_start(
        &(struct check_opts){.signin = &s->opts,
                             .guesses = s->guesses,
                             .typed = *typed,
                             .place = place_of(a, p),
                             .number = a->number,
                             /* The directory's own limit comes a little before ours, and names a server. */
                             .deadline_boot_ms = a->started_ms + s->opts.answer_within_ms * 9 / 10,
                             .done = checked,
                             .arg = s},
        p);
}

/* Limits first: a refused try costs the directory nothing. */
static enum err begin(struct attempt *a, const struct proof *p)
{
    struct signin *s = a->signin;
    struct guess typed = {""};
    enum err e;

    e = tries_begin(s->addresses, a->group, a->started_ms, &a->answer.wait_ms);
    if (e == OK && p->name[0] != '\0')
        e = guesses_begin(s->guesses, check_what(p), p->name, place_of(a, p), a->started_ms, &typed,
                          &a->answer.wait_ms);
    if (e == ERR_LIMIT) {
        settle(a, PROOF_TOO_OFTEN);
        return OK;
    }
    if (e != OK)
        return e;
    if (is_hopeless(p)) {
        settle(a, PROOF_NO);
        return OK;
    }
    if ((e = check(a, p, &typed)) != OK)
        guesses_take_back(s->guesses, &typed); /* nobody looks at it */
    return e;
}

/* A queue only says from which address somebody prints: that closes no panel with the same. */
static void write_group(struct attempt *a, const struct proof *p)
{
    char address[TRIES_ADDRESS_SIZE];

    tries_address_key(a->address, address);
    if (p->node[0] == '\0')
        memcpy(a->group, address, sizeof address);
    else
        snprintf(a->group, sizeof a->group, "%.8s %s", p->node, address);
}

enum err signin_start(struct signin *s, const struct proof *p, signin_fn *fn, void *arg, uint64_t *number)
{
    struct attempt *a = calloc(1, sizeof *a);
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    a->signin = s;
    a->number = ++s->last_number;
    a->started_ms = clock_boot_ms();
    a->fn = fn;
    a->arg = arg;
    snprintf(a->address, sizeof a->address, "%s", p->address);
    if (p->kind == PROOF_PRINTING) {
        snprintf(a->account, sizeof a->account, "%s", p->name);
        a->where = "node";
        snprintf(a->place, sizeof a->place, "%s", p->node);
    } else {
        a->where = "printer";
        snprintf(a->place, sizeof a->place, "%s", p->printer);
    }
    write_group(a, p);
    LIST_INSERT_HEAD(&s->attempts, a, next);
    *number = a->number;
    if ((e = begin(a, p)) != OK)
        attempt_free(a);
    return e;
}

void signin_unlock(struct signin *s, const char *person)
{
    guesses_unlock(s->guesses, person);
}
