/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signin: the authenticate verb. Takes what a person typed, keeps to the limits, asks the directory on a worker
 * thread, and answers once, on the loop's thread, within six seconds whatever the directory does. Counts, and logs
 * outcomes without names.
 */
#ifndef DEVICESCOUT_PEOPLE_SIGNIN_H
#define DEVICESCOUT_PEOPLE_SIGNIN_H

#include "base/loop.h"
#include "base/workers.h"
#include "devicescout/people/directory.h"
#include "devicescout/people/limits.h"

#define SIGNIN_PASSWORD_MAX 1024

struct signin;

struct signin_opts {
    struct loop *loop;
    struct workers *workers;
    /* directory_ask(), or a stand-in in tests; runs on a worker thread */
    enum directory_outcome (*ask)(void *directory, const struct directory_question *q, char person[static PERSON_SIZE]);
    void *directory;
    uint64_t answer_within_ms; /* a directory that takes longer is down */
    uint64_t refuse_after_ms;  /* a refusal comes no sooner, so that its time does not tell why */
    /* An event for the audit chain: "sign_in", "sign_in_refused"; detail names printer and address. May be NULL. */
    void (*audit)(void *arg, const char *event, const char *detail);
    void *arg;
};

MUST_USE enum err signin_new(const struct signin_opts *opts, struct signin **out);
/* After workers_free(): attempts that were on their way are forgotten without an answer. */
void signin_free(struct signin *s);

struct signin_answer {
    enum directory_outcome outcome;
    char person[PERSON_SIZE]; /* on DIRECTORY_YES */
    uint64_t wait_ms;         /* on DIRECTORY_TOO_OFTEN: when to try again */
};
typedef void signin_fn(void *arg, const struct signin_answer *answer);

/*
 * Check a name and a password.
 *   address   whom to count against besides the name
 *   printer   its name, for the audit chain
 *   number    receives what signin_forget() wants
 * fn is called later, once, never from inside. Errors: ERR_NOMEM; ERR_FULL too many are being checked.
 */
MUST_USE enum err signin_password(struct signin *s, const char *name, const char *password, const char *address,
                                  const char *printer, signin_fn *fn, void *arg, uint64_t *number);

/* Nobody waits for this answer any more: fn will not be called. */
void signin_forget(struct signin *s, uint64_t number);

#endif
