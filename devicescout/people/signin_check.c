/* SPDX-License-Identifier: Apache-2.0 */
/* signin_check: a struct that belongs to the loop, then to a worker, then to the loop again. */
#include "devicescout/people/signin_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "crypto/secret.h"

struct check {
    struct check_opts opts;
    struct proof *shown; /* secret memory */
    char place[TRIES_ADDRESS_SIZE];
    char found[PERSON_SIZE]; /* whom the gate saw: counted once, however many servers are asked */
    struct guess person;     /* in which that person counts: the typed name's, or one of its own */
    int refused;             /* by the gate */
    uint64_t wait_ms;        /* the gate's */
    struct checked answer;
};

const char *check_what(const struct proof *p)
{
    return p->kind == PROOF_NAME_PIN ? GUESS_PIN : GUESS_PASSWORD;
}

static void check_free(void *arg)
{
    struct check *c = arg;

    if (c == NULL)
        return;
    secret_free(c->shown);
    free(c);
}

/* Names that the directory takes for one person count as one, however they are spelled. */
static enum err gate(void *arg, const char *person)
{
    struct check *c = arg;
    enum err e = OK;

    if (strcmp(c->found, person) == 0)
        return OK;
    snprintf(c->found, sizeof c->found, "%s", person);
    if (strcasecmp(c->shown->name, person) == 0)
        c->person = c->opts.typed; /* counted before it was sent here */
    else
        e = guesses_begin(c->opts.guesses, check_what(c->shown), person, c->place, clock_boot_ms(), &c->person,
                          &c->wait_ms);
    c->refused = e != OK;
    if (e == OK)
        guesses_commit(c->opts.guesses, &c->person);
    return e;
}

static int is_other(const struct check *c)
{
    return strcmp(c->person.key, c->opts.typed.key) != 0;
}

/* Nothing was evaluated, or it was right and is of no use here: no guess. */
static void take_back(struct check *c)
{
    guesses_take_back(c->opts.guesses, &c->opts.typed);
    if (is_other(c))
        guesses_take_back(c->opts.guesses, &c->person);
}

static void right(struct check *c)
{
    const struct proven *p = &c->answer.proven;

    guesses_forget(c->opts.guesses, &c->opts.typed);
    if (p->authentication == BY_BADGE) /* which may be a copy: no word on whose panel this is */
        return;
    guesses_right(c->opts.guesses, &c->person, p->person, c->place);
}

static void count(struct check *c)
{
    switch (c->answer.proven.outcome) {
    case PROOF_YES:
        right(c);
        break;
    case PROOF_NO:
        if (c->found[0] != '\0')
            guesses_wrong(c->opts.guesses, &c->person);
        break;
    case PROOF_DOWN:
    case PROOF_MISCONFIGURED:
    case PROOF_NOT_HERE:
        take_back(c);
        break;
    case PROOF_TOO_OFTEN:
        if (!c->refused) /* the keyholder's limit: it looked at nothing */
            take_back(c);
        break;
    default:
        break;
    }
}

static void check_run(void *arg)
{
    struct check *c = arg;
    const struct signin_opts *s = c->opts.signin;
    const struct proof_gate g = {.fn = gate, .arg = c};

    s->check(s->prover, c->shown, &g, &c->answer.proven);
    count(c);
    if (c->found[0] != '\0')
        memcpy(c->answer.proven.tried, c->found, sizeof c->found);
    if (c->wait_ms > 0)
        c->answer.proven.wait_ms = c->wait_ms;
    secret_wipe(c->shown, sizeof *c->shown);
}

static void check_done(void *arg)
{
    struct check *c = arg;

    c->opts.done(c->opts.arg, &c->answer);
    check_free(c);
}

enum err check_start(const struct check_opts *opts, const struct proof *p)
{
    struct check *c = calloc(1, sizeof *c);
    enum err e = ERR_NOMEM;

    if (c == NULL || (c->shown = secret_new(sizeof *c->shown)) == NULL)
        goto out;
    c->opts = *opts;
    snprintf(c->place, sizeof c->place, "%s", opts->place);
    c->answer.number = opts->number;
    *c->shown = *p;
    c->shown->deadline_boot_ms = opts->deadline_boot_ms;
    e = workers_submit(opts->signin->workers,
                       &(struct work){.run = check_run, .done = check_done, .drop = check_free, .arg = c});
    if (e == OK)
        c = NULL; /* the workers own it now */
out:
    check_free(c);
    return e;
}
