/* SPDX-License-Identifier: Apache-2.0 */
/* signin_check: what somebody showed, over to a worker thread and back. What was typed lives in locked memory
 * and is wiped as soon as it was checked. */
#ifndef DEVICESCOUT_PEOPLE_SIGNIN_CHECK_H
#define DEVICESCOUT_PEOPLE_SIGNIN_CHECK_H

#include "devicescout/people/signin.h"

struct checked {
    uint64_t number; /* as asked */
    struct proven proven;
    char counted[PERSON_SIZE]; /* who was counted besides the typed name; "": nobody */
};

struct check_opts {
    const struct signin_opts *signin; /* workers, check, prover; outlives the workers */
    struct tries *names;
    uint64_t number;
    uint64_t deadline_boot_ms;
    void (*done)(void *arg, const struct checked *c); /* on the loop's thread */
    void *arg;
};

/* Copies p. Errors: ERR_NOMEM; ERR_FULL too many wait. */
MUST_USE enum err check_start(const struct check_opts *opts, const struct proof *p);

#endif
