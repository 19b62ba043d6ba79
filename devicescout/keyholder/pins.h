/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pins: who has which PIN, and how often it was guessed at. File "pins" of the state folder: a slot of 256 bytes for
 * each person, written in place and synced, so that a try counts before it is evaluated, whatever becomes of this
 * process.
 *
 *   slot: version 1 · is set 1 · failures 1 · zero 1 · person 16 (a MAC) · salt 16 · verifier 64 · SHA-256 of these 100
 *
 * Nobody learns a PIN from it without the pepper. What needs Argon2 is done by pin_try_run() on another thread.
 */
#ifndef KEYHOLDER_PINS_H
#define KEYHOLDER_PINS_H

#include "base/hex.h"
#include "crypto/pepper.h"

#define PINS_FILE     "pins"
#define PIN_MOST      16 /* digits */
#define PIN_SIZE      (PIN_MOST + 1)
#define PIN_TRIES_MAX 10 /* wrong ones in a row; then only pins_unlock() helps */

struct pins; /* opaque */

enum pin_verdict { /* numbers of PROTOCOL.md */
                   PIN_RIGHT = 0,
                   PIN_WRONG = 1,
                   PIN_WAIT = 2, /* too soon after a wrong one; not evaluated */
                   PIN_LOCKED = 3,
                   PIN_NONE = 4 /* the person has none */
};

struct pin_try { /* what goes over to the thread; secret memory */
    const uint8_t *pepper;
    struct id person;
    char pin[PIN_SIZE];
    uint8_t salt[PIN_SALT_LEN], verifier[PIN_VERIFIER_LEN]; /* as kept; for a new PIN the thread makes both */
    int is_new;
    enum err failed; /* set by pin_try_run() */
    int right;
};

/*
 * Open the file, making an empty one where there is none.
 *   pepper  PEPPER_LEN bytes; outlives this
 *   now     CLOCK_BOOTTIME: delays that ran when the process ended begin again
 * A damaged slot is a PIN that nobody has: its person sets a new one.
 */
MUST_USE enum err pins_open(int dirfd, const uint8_t *pepper, uint64_t now_boot_ms, struct pins **out);
void pins_free(struct pins *p);

/* May this be a PIN? ERR_LIMIT fewer digits than least or more than PIN_MOST; ERR_FORMAT not digits; ERR_REFUSED easily
 * guessed: one digit or block of digits repeated, or a run up or down. */
MUST_USE enum err pin_check_new(const char *pin, size_t least);

/*
 * A try at a person's PIN: counted as wrong, on disk, before this returns PIN_RIGHT; then pin_try_run(), then
 * pins_end_try(). Any other verdict: it is not to be evaluated.
 *   wait_ms  on PIN_WAIT how long
 * Errors: ERR_IO: it could not be counted, so it must not be evaluated; ERR_FORMAT no PIN can look like this.
 */
MUST_USE enum err pins_begin_try(struct pins *p, const char *person, const char *pin, uint64_t now_boot_ms,
                                 struct pin_try *out, enum pin_verdict *verdict, uint64_t *wait_ms);
/* PIN_RIGHT takes the count back; PIN_LOCKED: this was the last try. A PIN that was changed meanwhile is wrong. */
MUST_USE enum err pins_end_try(struct pins *p, const struct pin_try *t, enum pin_verdict *verdict);

/* A new PIN: begin, pin_try_run(), end. What was counted before is forgotten. ERR_FULL. */
MUST_USE enum err pins_begin_set(struct pins *p, const char *person, const char *pin, struct pin_try *out);
MUST_USE enum err pins_end_set(struct pins *p, const struct pin_try *t);

/* The slow part; touches t alone. */
void pin_try_run(void *t);

/* Forget failures. ERR_NOTFOUND. */
MUST_USE enum err pins_unlock(struct pins *p, const char *person);
/* The person has no PIN any more; failures stay counted. ERR_NOTFOUND. */
MUST_USE enum err pins_clear(struct pins *p, const char *person);

/* PIN_RIGHT stands for: there is one, and it may be tried. */
MUST_USE enum err pins_look(const struct pins *p, const char *person, enum pin_verdict *verdict);

size_t pins_count(const struct pins *p);

#endif
