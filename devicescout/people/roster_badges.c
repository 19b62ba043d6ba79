/* SPDX-License-Identifier: Apache-2.0 */
/* roster_badges: whose which badge is. */
#include <string.h>

#include "devicescout/people/roster_state.h"

static void read_badge(sqlite3_stmt *st, struct roster_badge *b)
{
    *b = (struct roster_badge){.registered_unix_ms = (uint64_t)sqlite3_column_int64(st, 2)};
    roster_column_blob(st, 0, b->mac, ROSTER_MAC_LEN);
    roster_column_text(st, 1, b->person, sizeof b->person);
    roster_column_text(st, 3, b->source, sizeof b->source);
}

static enum err count(struct roster *r, const char *person, int *out)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_BADGE_COUNT);
    enum err e = OK;

    roster_bind_text(st, 1, person);
    if (sqlite3_step(st) == SQLITE_ROW)
        *out = sqlite3_column_int(st, 0);
    else
        e = roster_failed(r);
    roster_give(r, st);
    return e;
}

enum err roster_badge_put(struct roster *r, const struct roster_badge *b)
{
    struct roster_badge is;
    sqlite3_stmt *st;
    int badges = 0;
    enum err e;

    if ((e = roster_badge_find(r, b->mac, &is)) == OK)
        return strcmp(is.person, b->person) == 0 ? OK : ERR_EXISTS;
    if (e != ERR_NOTFOUND || (e = count(r, b->person, &badges)) != OK)
        return e;
    if (badges >= ROSTER_BADGES_MOST)
        return ERR_FULL;
    st = roster_take(r, ROSTER_BADGE_PUT);
    roster_bind_blob(st, 1, b->mac, ROSTER_MAC_LEN);
    roster_bind_text(st, 2, b->person);
    sqlite3_bind_int64(st, 3, (sqlite3_int64)b->registered_unix_ms);
    roster_bind_text(st, 4, b->source);
    e = roster_change(r, st);
    return e == ERR_NOTFOUND ? ERR_EXISTS : e; /* another process was faster */
}

enum err roster_badge_find(struct roster *r, const uint8_t mac[static ROSTER_MAC_LEN], struct roster_badge *out)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_BADGE_FIND);
    enum err e = ERR_NOTFOUND;
    int rc;

    roster_bind_blob(st, 1, mac, ROSTER_MAC_LEN);
    if ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        read_badge(st, out);
        e = OK;
    } else if (rc != SQLITE_DONE) {
        e = roster_failed(r);
    }
    roster_give(r, st);
    return e;
}

enum err roster_badge_drop(struct roster *r, const uint8_t mac[static ROSTER_MAC_LEN], const char *person)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_BADGE_DROP);

    roster_bind_blob(st, 1, mac, ROSTER_MAC_LEN);
    roster_bind_text(st, 2, person);
    return roster_change(r, st);
}

enum err roster_badges(struct roster *r, const char *person, roster_badge_fn *fn, void *arg)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_BADGES);
    struct roster_badge b;
    enum err e = OK;
    int rc;

    roster_bind_text(st, 1, person);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        read_badge(st, &b);
        fn(arg, &b);
    }
    if (rc != SQLITE_DONE)
        e = roster_failed(r);
    roster_give(r, st);
    return e;
}

void roster_badge_name(const struct roster_badge *b, char out[static ID_HEX_SIZE])
{
    hex_write(b->mac, ID_LEN, out);
}

struct wanted {
    const char *name;
    struct roster_badge *out;
    int found;
};

static void is_wanted(void *arg, const struct roster_badge *b)
{
    struct wanted *w = arg;
    char name[ID_HEX_SIZE];

    roster_badge_name(b, name);
    if (strcmp(name, w->name) != 0)
        return;
    *w->out = *b;
    w->found = 1;
}

enum err roster_badge_named(struct roster *r, const char *person, const char *name, struct roster_badge *out)
{
    struct wanted w = {.name = name, .out = out};
    const enum err e = roster_badges(r, person, is_wanted, &w);

    return e == OK && !w.found ? ERR_NOTFOUND : e;
}
