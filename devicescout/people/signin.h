/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signin: the authenticate verb. Takes what a person showed, keeps to the limits, has it checked (proof.h) on a worker
 * thread, and answers once, on the loop's thread, within six seconds whatever the directory does. Counts, and logs
 * outcomes without names.
 */
#ifndef DEVICESCOUT_PEOPLE_SIGNIN_H
#define DEVICESCOUT_PEOPLE_SIGNIN_H

#include "base/loop.h"
#include "base/tries.h"
#include "base/workers.h"
#include "devicescout/audit_fields.h"
#include "devicescout/people/proof.h"

struct signin;

struct signin_opts {
    struct loop *loop;
    struct workers *workers;
    /* proof_check(), or a stand-in in tests; runs on a worker thread */
    void (*check)(void *prover, const struct proof *p, const struct proof_gate *gate, struct proven *out);
    void *prover;
    struct roster *roster;     /* keeps wrong guesses across restarts; NULL: nobody does */
    uint64_t answer_within_ms; /* a directory that takes longer is down */
    uint64_t refuse_after_ms;  /* a refusal comes no sooner, so that its time does not tell why */
    /* An event for the audit chain: "sign_in", "sign_in_refused"; fields name printer and address. May be NULL. */
    void (*audit)(void *arg, const char *event, const struct audit_fields *fields);
    void *arg;
};

MUST_USE enum err signin_new(const struct signin_opts *opts, struct signin **out);
/* After workers_free(): attempts that were on their way are forgotten without an answer. */
void signin_free(struct signin *s);

typedef void signin_fn(void *arg, const struct proven *answer);

/*
 * Check what somebody shows.
 *   p         copied into secret memory; its deadline is set here
 *   number    receives what signin_forget() wants
 * Tries count against the address, and against the name where there is one (guesses.h). fn is called later, once, never
 * from inside. Errors: ERR_NOMEM; ERR_FULL too many are being checked.
 */
MUST_USE enum err signin_start(struct signin *s, const struct proof *p, signin_fn *fn, void *arg, uint64_t *number);

/* Nobody waits for this answer any more: fn will not be called. */
void signin_forget(struct signin *s, uint64_t number);

/* Wrong guesses at this person count no more. */
void signin_unlock(struct signin *s, const char *person);

#endif
