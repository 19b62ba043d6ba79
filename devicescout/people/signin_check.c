/* SPDX-License-Identifier: Apache-2.0 */
/* signin_check: a struct that belongs to the loop, then to a worker, then to the loop again. */
#include "devicescout/people/signin_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "crypto/secret.h"

struct typed { /* in secret memory */
    char name[DIRECTORY_NAME_MAX + 1];
    char password[SIGNIN_PASSWORD_MAX + 1];
};

struct check {
    struct check_opts opts;
    struct typed *typed;
    char found[PERSON_SIZE]; /* whom the gate saw: counted once, however many servers are asked */
    struct checked answer;
};

static void check_free(void *arg)
{
    struct check *c = arg;

    if (c == NULL)
        return;
    secret_free(c->typed);
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
    if (strcasecmp(c->typed->name, person) == 0)
        return OK; /* counted before it was sent here */
    e = limits_try(c->opts.names, person, clock_boot_ms(), &c->answer.wait_ms);
    if (e == OK)
        memcpy(c->answer.counted, c->found, sizeof c->found);
    return e;
}

static void check_run(void *arg)
{
    struct check *c = arg;
    const struct signin_opts *s = c->opts.signin;
    const struct directory_question q = {.name = c->typed->name,
                                         .password = c->typed->password,
                                         .deadline_boot_ms = c->opts.deadline_boot_ms,
                                         .gate = gate,
                                         .gate_arg = c};

    c->answer.outcome = s->ask(s->directory, &q, c->answer.person);
    secret_wipe(c->typed, sizeof *c->typed);
}

static void check_done(void *arg)
{
    struct check *c = arg;

    c->opts.done(c->opts.arg, &c->answer);
    check_free(c);
}

enum err check_start(const struct check_opts *opts, const char *name, const char *password)
{
    struct check *c = calloc(1, sizeof *c);
    enum err e = ERR_NOMEM;

    if (c == NULL || (c->typed = secret_new(sizeof *c->typed)) == NULL)
        goto out;
    c->opts = *opts;
    c->answer.number = opts->number;
    snprintf(c->typed->name, sizeof c->typed->name, "%s", name);
    snprintf(c->typed->password, sizeof c->typed->password, "%s", password);
    e = workers_submit(opts->signin->workers,
                       &(struct work){.run = check_run, .done = check_done, .drop = check_free, .arg = c});
    if (e == OK)
        c = NULL; /* the workers own it now */
out:
    check_free(c);
    return e;
}
