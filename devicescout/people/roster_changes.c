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

enum err roster_pin_gone(struct roster *r, const char *person)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_PIN_GONE);
    enum err e;

    roster_bind_text(st, 1, person);
    e = roster_change(r, st);
    return e == ERR_NOTFOUND ? OK : e; /* it is there already */
}

enum err roster_pins_gone_take(struct roster *r, roster_person_fn *fn, void *arg)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_PINS_GONE);
    char person[PERSON_SIZE];
    size_t count = 0;
    enum err e = OK;
    int rc;

    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        roster_column_text(st, 0, person, sizeof person);
        fn(arg, person);
        count++;
    }
    if (rc != SQLITE_DONE)
        e = roster_failed(r);
    roster_give(r, st);
    if (e != OK || count == 0)
        return e;
    e = roster_change(r, roster_take(r, ROSTER_PINS_GONE_CLEAR));
    return e == ERR_NOTFOUND ? OK : e;
}
