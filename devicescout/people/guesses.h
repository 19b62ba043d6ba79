/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guesses: how often a name's password or PIN may be wrong. A name has two counts: one for the panels at which its
 * person has signed in lately, one for all others together. Five wrong ones close a count for a quarter of an hour,
 * each further one for twice as long, up to four hours; so of any number of guesses at a person at most ten are
 * evaluated before that, and who plays tricks at another panel keeps nobody from their own. The counts of people that
 * the directory has are kept in the roster, so they hold across restarts. Any thread may call.
 */
#ifndef DEVICESCOUT_PEOPLE_GUESSES_H
#define DEVICESCOUT_PEOPLE_GUESSES_H

#include "base/tries.h"
#include "devicescout/people/roster.h"

#define GUESSES_FREE 5 /* of one count */

/* Wrong PINs count apart, and leave the way with the password open. */
#define GUESS_PASSWORD "password"
#define GUESS_PIN      "pin"

struct guesses;

/* r NULL: nothing is kept, and nobody has a panel of their own. ERR_IO, ERR_NOMEM. */
MUST_USE enum err guesses_new(struct roster *r, struct guesses **out);
void guesses_free(struct guesses *g);

struct guess { /* which count a try stands in; start with {""} */
    char key[GUESS_KEY_SIZE];
};

/*
 * May this name be tried from here?
 *   what     GUESS_PASSWORD, GUESS_PIN
 *   place    tries_address_key() of the panel; "": no panel, and nobody's own
 *   wait_ms  on ERR_LIMIT
 * Errors: ERR_LIMIT; ERR_NOMEM.
 */
MUST_USE enum err guesses_begin(struct guesses *g, const char *what, const char *name, const char *place,
                                uint64_t now_boot_ms, struct guess *out, uint64_t *wait_ms);

/* The name is a person's. Before it is evaluated: a second try and all that follow are on disk first. */
void guesses_commit(struct guesses *g, const struct guess *x);
/* It was wrong. */
void guesses_wrong(struct guesses *g, const struct guess *x);
/* It was right: the count starts anew, and this panel is one of the person's own from now on. */
void guesses_right(struct guesses *g, const struct guess *x, const char *person, const char *place);
/* Nobody could say whether it was right. */
void guesses_take_back(struct guesses *g, const struct guess *x);
/* Of a name as typed, whose person's own count was dealt with by guesses_right(). */
void guesses_forget(struct guesses *g, const struct guess *x);

/* An administrator believes that it was not the person: all of the person's counts start anew. */
void guesses_unlock(struct guesses *g, const char *person);

#endif
