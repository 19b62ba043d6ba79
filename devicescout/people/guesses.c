/* SPDX-License-Identifier: Apache-2.0 */
/* guesses: counts in memory, and in the roster what must outlive it. */
#include "devicescout/people/guesses.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define NAMES_MAX 20000 /* keys remembered; 6 MB when full */
#define HOUR_MS   (UINT64_C(60) * 60 * 1000)
#define KEPT_MS   (24 * HOUR_MS)
#define OWN_MS    (90 * 24 * HOUR_MS) /* for so long a panel stays somebody's own */

static const struct tries_opts limits = {.keys = NAMES_MAX,
                                         .free_tries = GUESSES_FREE,
                                         .delay_ms = HOUR_MS / 4,
                                         .delay_max_ms = 4 * HOUR_MS,
                                         .forget_ms = KEPT_MS};

struct guesses {
    struct tries *counts;
    struct roster *roster;
};

static void restore(void *arg, const char *key, uint32_t tries)
{
    struct guesses *g = arg;

    /* The whole wait begins anew: no clock is believed about what was before the restart. */
    if (tries_restore(g->counts, key, tries, clock_boot_ms()) != OK)
        log_warn("guesses_forgotten", "why=no memory");
}

enum err guesses_new(struct roster *r, struct guesses **out)
{
    const uint64_t now = clock_unix_ms();
    struct guesses *g = calloc(1, sizeof *g);
    enum err e = ERR_NOMEM;

    if (g == NULL)
        goto out;
    g->roster = r;
    if ((e = tries_new(&limits, &g->counts)) != OK)
        goto out;
    if (r != NULL && (e = roster_guesses_read(r, now, KEPT_MS, restore, g)) != OK)
        goto out;
    if (r != NULL && (e = roster_places_drop(r, now > OWN_MS ? now - OWN_MS : 0)) != OK && e != ERR_NOTFOUND)
        goto out;
    e = OK;
    *out = g; /* the caller owns it now */
    g = NULL;
out:
    guesses_free(g);
    return e;
}

void guesses_free(struct guesses *g)
{
    if (g == NULL)
        return;
    tries_free(g->counts);
    free(g);
}

static int is_own(struct guesses *g, const char *name, const char *place)
{
    const uint64_t now = clock_unix_ms();

    return g->roster != NULL && place[0] != '\0' &&
           roster_place_has(g->roster, name, place, now > OWN_MS ? now - OWN_MS : 0);
}

static void write_key(struct guess *x, const char *what, int own, const char *name)
{
    snprintf(x->key, sizeof x->key, "%s %s %s", what, own ? "own" : "elsewhere", name);
}

enum err guesses_begin(struct guesses *g, const char *what, const char *name, const char *place, uint64_t now_boot_ms,
                       struct guess *out, uint64_t *wait_ms)
{
    enum err e;

    write_key(out, what, is_own(g, name, place), name);
    if ((e = tries_begin(g->counts, out->key, now_boot_ms, wait_ms)) != OK)
        out->key[0] = '\0';
    return e;
}

static void keep(struct guesses *g, const struct guess *x, uint32_t least)
{
    const uint32_t tries = tries_of(g->counts, x->key);

    if (x->key[0] == '\0' || g->roster == NULL || tries < least)
        return;
    if (roster_guess_put(g->roster, x->key, tries, clock_unix_ms()) != OK)
        log_warn("guess_not_kept", "why=the roster cannot be written");
}

/* Most people are right the first time, and cost no write. */
void guesses_commit(struct guesses *g, const struct guess *x)
{
    keep(g, x, 2);
}

void guesses_wrong(struct guesses *g, const struct guess *x)
{
    keep(g, x, 1);
}

static void forgive(struct guesses *g, const struct guess *x)
{
    enum err e;

    if (x->key[0] == '\0')
        return;
    tries_clear(g->counts, x->key);
    if (g->roster != NULL && (e = roster_guess_drop(g->roster, x->key)) != OK && e != ERR_NOTFOUND)
        log_warn("guess_not_forgotten", "why=the roster cannot be written");
}

void guesses_right(struct guesses *g, const struct guess *x, const char *person, const char *place)
{
    const uint64_t now = clock_unix_ms();

    forgive(g, x);
    /* Said again now and then, not at each sign-in. */
    if (g->roster == NULL || place[0] == '\0' ||
        roster_place_has(g->roster, person, place, now > OWN_MS / 2 ? now - OWN_MS / 2 : 0))
        return;
    if (roster_place_put(g->roster, person, place, now) != OK)
        log_warn("place_not_kept", "why=the roster cannot be written");
}

void guesses_take_back(struct guesses *g, const struct guess *x)
{
    if (x->key[0] != '\0')
        tries_take_back(g->counts, x->key);
}

void guesses_forget(struct guesses *g, const struct guess *x)
{
    if (x->key[0] != '\0')
        tries_clear(g->counts, x->key);
}

void guesses_unlock(struct guesses *g, const char *person)
{
    static const char *const whats[] = {GUESS_PASSWORD, GUESS_PIN};
    struct guess x;

    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++) {
        for (int own = 0; own <= 1; own++) {
            write_key(&x, whats[i], own, person);
            forgive(g, &x);
        }
    }
}
