/* SPDX-License-Identifier: Apache-2.0 */
/* roster_people: whom the directory has shown us, and when. */
#include <string.h>

#include "devicescout/people/roster_state.h"

/* A person who signs in again and again need not be written each time: what counts is days. */
#define SAW_AGAIN_MS (10 * 60 * 1000)

struct row {
    struct directory_person p;
    int groups_known; /* of the groups that are configured now */
    uint64_t seen_unix_ms;
};

static enum err find(struct roster *r, const char *person, struct row *out)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_FIND);
    char tag[4096];
    enum err e = ERR_NOTFOUND;
    int rc;

    *out = (struct row){.groups_known = 0};
    roster_bind_text(st, 1, person);
    if ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        memcpy(out->p.person, person, strnlen(person, sizeof out->p.person - 1));
        roster_column_text(st, 0, out->p.identity, sizeof out->p.identity);
        roster_column_text(st, 1, out->p.display, sizeof out->p.display);
        out->p.groups = (uint64_t)sqlite3_column_int64(st, 2);
        roster_column_text(st, 3, tag, sizeof tag);
        out->groups_known = strcmp(tag, r->groups) == 0;
        out->seen_unix_ms = (uint64_t)sqlite3_column_int64(st, 4);
        e = OK;
    } else if (rc != SQLITE_DONE) {
        e = roster_failed(r);
    }
    roster_give(r, st);
    return e;
}

static enum err write_row(struct roster *r, const struct directory_person *p, uint64_t now_unix_ms)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_SAW);

    roster_bind_text(st, 1, p->person);
    roster_bind_text(st, 2, p->identity);
    roster_bind_text(st, 3, p->display);
    sqlite3_bind_int64(st, 4, (sqlite3_int64)p->groups);
    roster_bind_text(st, 5, r->groups);
    sqlite3_bind_int64(st, 6, (sqlite3_int64)now_unix_ms);
    return roster_change(r, st);
}

/* Badges, or the panels that were the person's own. */
static enum err drop_all(struct roster *r, enum roster_statement which, const char *person)
{
    sqlite3_stmt *st = roster_take(r, which);
    enum err e;

    roster_bind_text(st, 1, person);
    e = roster_change(r, st);
    return e == ERR_NOTFOUND ? OK : e;
}

static int has_another_identity(const struct row *before, const struct directory_person *p)
{
    return before->p.identity[0] != '\0' && p->identity[0] != '\0' && strcmp(before->p.identity, p->identity) != 0;
}

enum err roster_is_another(struct roster *r, const struct directory_person *p, int *out)
{
    struct row before;
    const enum err e = find(r, p->person, &before);

    *out = e == OK && has_another_identity(&before, p);
    return e == ERR_NOTFOUND ? OK : e;
}

enum err roster_saw(struct roster *r, const struct directory_person *p, uint64_t now_unix_ms)
{
    struct row before;
    enum err e = find(r, p->person, &before);

    if (e != OK && e != ERR_NOTFOUND)
        return e;
    if (e == OK && has_another_identity(&before, p)) {
        if ((e = drop_all(r, ROSTER_BADGES_CLEAR, p->person)) != OK ||
            (e = drop_all(r, ROSTER_PLACES_CLEAR, p->person)) != OK)
            return e;
    } else if (e == OK && before.groups_known && before.p.groups == p->groups &&
               strcmp(before.p.display, p->display) == 0 && strcmp(before.p.identity, p->identity) == 0 &&
               now_unix_ms - before.seen_unix_ms < SAW_AGAIN_MS) {
        return OK;
    }
    return write_row(r, p, now_unix_ms);
}

enum err roster_gone(struct roster *r, const char *person)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_GONE);
    enum err e;

    roster_bind_text(st, 1, person);
    e = roster_change(r, st);
    return e == ERR_NOTFOUND ? OK : e;
}

enum err roster_find(struct roster *r, const char *person, struct directory_person *out, uint64_t *seen_unix_ms)
{
    struct row row;
    const enum err e = find(r, person, &row);

    *out = (struct directory_person){.groups = 0};
    if (e != OK)
        return e;
    if (row.seen_unix_ms == 0 || !row.groups_known)
        return ERR_NOTFOUND;
    *out = row.p;
    *seen_unix_ms = row.seen_unix_ms;
    return OK;
}
