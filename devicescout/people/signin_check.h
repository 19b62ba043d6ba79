/* SPDX-License-Identifier: Apache-2.0 */
/* signin_check: what somebody showed, over to a worker thread and back. What was typed lives in locked memory
 * and is wiped as soon as it was checked. */
#ifndef DEVICESCOUT_PEOPLE_SIGNIN_CHECK_H
#define DEVICESCOUT_PEOPLE_SIGNIN_CHECK_H

#include "devicescout/people/guesses.h"
#include "devicescout/people/signin.h"

struct checked {
    uint64_t number; /* as asked */
    struct proven proven;
};

struct check_opts {
    const struct signin_opts *signin; /* workers, check, prover; outlives the workers */
    struct guesses *guesses;
    struct guess typed; /* in which the typed name counts already; its end is this module's */
    const char *place;  /* copied */
    uint64_t number;
    uint64_t deadline_boot_ms;
    void (*done)(void *arg, const struct checked *c); /* on the loop's thread */
    void *arg;
};

/* What guesses_begin() is to count: the names of passwords and of PINs count apart. */
const char *check_what(const struct proof *p);

/* Copies p. Errors: ERR_NOMEM; ERR_FULL too many wait. */
MUST_USE enum err check_start(const struct check_opts *opts, const struct proof *p);

#endif
