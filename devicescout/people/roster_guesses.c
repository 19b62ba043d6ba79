/* SPDX-License-Identifier: Apache-2.0 */
/* roster_guesses: wrong guesses at people, and the panels that are their own: what guesses.h wants after a restart. */
#include "devicescout/people/roster_state.h"

enum err roster_guess_put(struct roster *r, const char *key, uint32_t tries, uint64_t now_unix_ms)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_GUESS_PUT);

    roster_bind_text(st, 1, key);
    sqlite3_bind_int64(st, 2, tries);
    sqlite3_bind_int64(st, 3, (sqlite3_int64)now_unix_ms);
    return roster_change(r, st);
}

enum err roster_guess_drop(struct roster *r, const char *key)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_GUESS_DROP);

    roster_bind_text(st, 1, key);
    return roster_change(r, st);
}

enum err roster_guesses_read(struct roster *r, uint64_t now_unix_ms, uint64_t kept_ms, roster_guess_fn *fn, void *arg)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_GUESSES_OLD);
    char key[GUESS_KEY_SIZE];
    enum err e;
    int rc;

    sqlite3_bind_int64(st, 1, (sqlite3_int64)(now_unix_ms > kept_ms ? now_unix_ms - kept_ms : 0));
    if ((e = roster_change(r, st)) != OK && e != ERR_NOTFOUND)
        return e;
    st = roster_take(r, ROSTER_GUESSES);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        roster_column_text(st, 0, key, sizeof key);
        fn(arg, key, (uint32_t)sqlite3_column_int64(st, 1));
    }
    e = rc == SQLITE_DONE ? OK : roster_failed(r);
    roster_give(r, st);
    return e;
}

enum err roster_places_drop(struct roster *r, uint64_t before_unix_ms)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_PLACES_OLD);

    sqlite3_bind_int64(st, 1, (sqlite3_int64)before_unix_ms);
    return roster_change(r, st);
}

enum err roster_place_put(struct roster *r, const char *person, const char *place, uint64_t now_unix_ms)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_PLACE_PUT);

    roster_bind_text(st, 1, person);
    roster_bind_text(st, 2, place);
    sqlite3_bind_int64(st, 3, (sqlite3_int64)now_unix_ms);
    return roster_change(r, st);
}

int roster_place_has(struct roster *r, const char *person, const char *place, uint64_t since_unix_ms)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_PLACE_HAS);
    int has;

    roster_bind_text(st, 1, person);
    roster_bind_text(st, 2, place);
    sqlite3_bind_int64(st, 3, (sqlite3_int64)since_unix_ms);
    has = sqlite3_step(st) == SQLITE_ROW;
    roster_give(r, st);
    return has;
}
