/* SPDX-License-Identifier: Apache-2.0 */
/* roster_changes: what the daemon learns of commands that changed the roster beside it. */
#include "devicescout/people/roster_state.h"

/* SQLite counts what other connections committed; what went through this one does not count. */
int roster_changed_elsewhere(struct roster *r)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_VERSION);
    sqlite3_int64 version = r->version;
    int changed;

    if (sqlite3_step(st) == SQLITE_ROW)
        version = sqlite3_column_int64(st, 0);
    else
        (void)roster_failed(r);
    changed = version != r->version;
    r->version = version;
    roster_give(r, st);
    return changed;
}

enum err roster_wish(struct roster *r, const char *what, const char *person)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_WISH);
    enum err e;

    roster_bind_text(st, 1, what);
    roster_bind_text(st, 2, person);
    e = roster_change(r, st);
    return e == ERR_NOTFOUND ? OK : e; /* it is there already */
}

/* One at a time, so that fn may use the roster. */
static enum err take_one(struct roster *r, char what[static ROSTER_SOURCE_SIZE], char person[static PERSON_SIZE])
{
    sqlite3_stmt *st = roster_take(r, ROSTER_WISHES);
    enum err e = ERR_NOTFOUND;
    int rc;

    if ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        roster_column_text(st, 0, what, ROSTER_SOURCE_SIZE);
        roster_column_text(st, 1, person, PERSON_SIZE);
        e = OK;
    } else if (rc != SQLITE_DONE) {
        e = roster_failed(r);
    }
    roster_give(r, st);
    if (e != OK)
        return e;
    st = roster_take(r, ROSTER_WISH_DROP);
    roster_bind_text(st, 1, what);
    roster_bind_text(st, 2, person);
    return roster_change(r, st);
}

enum err roster_wishes_take(struct roster *r, roster_wish_fn *fn, void *arg)
{
    char what[ROSTER_SOURCE_SIZE], person[PERSON_SIZE];
    enum err e;

    while ((e = take_one(r, what, person)) == OK)
        fn(arg, what, person);
    return e == ERR_NOTFOUND ? OK : e;
}
