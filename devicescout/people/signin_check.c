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
    struct proof *shown;     /* secret memory */
    uint64_t wait_ms;        /* the gate's */
    char found[PERSON_SIZE]; /* whom the gate saw: counted once, however many servers are asked */
    struct checked answer;
};

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
    enum err e;

    if (strcmp(c->found, person) == 0)
        return OK;
    snprintf(c->found, sizeof c->found, "%s", person);
    if (strcasecmp(c->shown->name, person) == 0)
        return OK; /* counted before it was sent here */
    e = tries_begin(c->opts.names, person, clock_boot_ms(), &c->wait_ms);
    if (e == OK)
        memcpy(c->answer.counted, c->found, sizeof c->found);
    return e;
}

static void check_run(void *arg)
{
    struct check *c = arg;
    const struct signin_opts *s = c->opts.signin;
    const struct proof_gate g = {.fn = gate, .arg = c};

    s->check(s->prover, c->shown, &g, &c->answer.proven);
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
