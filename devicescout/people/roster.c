/* SPDX-License-Identifier: Apache-2.0 */
/* roster: tables, statements, one lock. */
#include "devicescout/people/roster_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define BUSY_MS 3000 /* another process writes: an import of thousands of badges is one transaction */

static const char *const texts[ROSTER_STATEMENTS] = {
    [ROSTER_SAW] = "INSERT INTO person (person, identity, display, groups, tag, seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                   " ON CONFLICT (person) DO UPDATE SET identity = ?2, display = ?3, groups = ?4, tag = ?5, seen = ?6",
    [ROSTER_GONE] = "UPDATE person SET seen = 0 WHERE person = ?1",
    [ROSTER_FIND] = "SELECT identity, display, groups, tag, seen FROM person WHERE person = ?1",
    [ROSTER_BADGES_CLEAR] = "DELETE FROM badge WHERE person = ?1",
    [ROSTER_BADGE_PUT] = "INSERT INTO badge (mac, person, registered, source) VALUES (?1, ?2, ?3, ?4)"
                         " ON CONFLICT (mac) DO NOTHING",
    [ROSTER_BADGE_COUNT] = "SELECT count(*) FROM badge WHERE person = ?1",
    [ROSTER_BADGE_FIND] = "SELECT mac, person, registered, source FROM badge WHERE mac = ?1",
    [ROSTER_BADGE_DROP] = "DELETE FROM badge WHERE mac = ?1 AND (?2 IS NULL OR person = ?2)",
    [ROSTER_BADGES] = "SELECT mac, person, registered, source FROM badge WHERE ?1 IS NULL OR person = ?1"
                      " ORDER BY registered, mac",
    [ROSTER_DEVICE_PUT] = "INSERT INTO device (hash, kind, printer, label, added) VALUES (?1, ?2, ?3, ?4, ?5)",
    [ROSTER_DEVICE_FIND] = "SELECT hash, kind, printer, label, added FROM device WHERE hash = ?1",
    [ROSTER_DEVICE_DROP] = "DELETE FROM device WHERE hash = ?1",
    [ROSTER_DEVICES] = "SELECT hash, kind, printer, label, added FROM device ORDER BY kind, printer, added",
    [ROSTER_GUESS_PUT] = "INSERT OR REPLACE INTO guess (key, tries, last) VALUES (lower(?1), ?2, ?3)",
    [ROSTER_GUESS_DROP] = "DELETE FROM guess WHERE key = lower(?1)",
    [ROSTER_GUESSES] = "SELECT key, tries FROM guess",
    [ROSTER_GUESSES_OLD] = "DELETE FROM guess WHERE last < ?1",
    [ROSTER_PLACE_PUT] = "INSERT OR REPLACE INTO place (person, place, seen) VALUES (lower(?1), ?2, ?3)",
    [ROSTER_PLACE_HAS] = "SELECT 1 FROM place WHERE person = lower(?1) AND place = ?2 AND seen >= ?3",
    [ROSTER_PLACES_OLD] = "DELETE FROM place WHERE seen < ?1",
    [ROSTER_PLACES_CLEAR] = "DELETE FROM place WHERE person = lower(?1)",
    [ROSTER_VERSION] = "PRAGMA data_version",
    [ROSTER_WISH] = "INSERT INTO wish (what, person) VALUES (?1, ?2) ON CONFLICT (what, person) DO NOTHING",
    [ROSTER_WISHES] = "SELECT what, person FROM wish LIMIT 1",
    [ROSTER_WISH_DROP] = "DELETE FROM wish WHERE what = ?1 AND person = ?2",
};

static const char schema[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "CREATE TABLE IF NOT EXISTS person (person TEXT PRIMARY KEY, identity TEXT NOT NULL, display TEXT NOT NULL,"
    " groups INTEGER NOT NULL, tag TEXT NOT NULL, seen INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS badge (mac BLOB PRIMARY KEY, person TEXT NOT NULL, registered INTEGER NOT NULL,"
    " source TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS badge_person ON badge (person);"
    "CREATE TABLE IF NOT EXISTS device (hash BLOB PRIMARY KEY, kind TEXT NOT NULL, printer TEXT NOT NULL,"
    " label TEXT NOT NULL, added INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS guess (key TEXT PRIMARY KEY, tries INTEGER NOT NULL, last INTEGER NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS place (person TEXT, place TEXT, seen INTEGER NOT NULL, PRIMARY KEY (person, place))"
    " WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS wish (what TEXT, person TEXT, PRIMARY KEY (what, person)) WITHOUT ROWID;";

enum err roster_failed(const struct roster *r)
{
    log_error("roster_failed", "why=%s", sqlite3_errmsg(r->db));
    return ERR_IO;
}

static enum err prepare(struct roster *r, const char *path)
{
    if (sqlite3_open_v2(path, &r->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) !=
            SQLITE_OK ||
        sqlite3_busy_timeout(r->db, BUSY_MS) != SQLITE_OK || sqlite3_exec(r->db, schema, NULL, NULL, NULL) != SQLITE_OK)
        return roster_failed(r);
    for (int i = 0; i < ROSTER_STATEMENTS; i++) {
        if (sqlite3_prepare_v3(r->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &r->prepared[i], NULL) != SQLITE_OK)
            return roster_failed(r);
    }
    return OK;
}

enum err roster_open(const char *path, const char *groups, struct roster **out)
{
    struct roster *r = calloc(1, sizeof *r);
    enum err e = ERR_NOMEM;

    if (r == NULL)
        return e;
    pthread_mutex_init(&r->lock, NULL);
    if ((r->groups = strdup(groups)) == NULL)
        goto out;
    if ((e = prepare(r, path)) != OK)
        goto out;
    *out = r; /* the caller owns it now */
    r = NULL;
out:
    roster_close(r);
    return e;
}

void roster_close(struct roster *r)
{
    if (r == NULL)
        return;
    for (int i = 0; i < ROSTER_STATEMENTS; i++)
        sqlite3_finalize(r->prepared[i]);
    sqlite3_close(r->db);
    pthread_mutex_destroy(&r->lock);
    free(r->groups);
    free(r);
}

sqlite3_stmt *roster_take(struct roster *r, enum roster_statement which)
{
    pthread_mutex_lock(&r->lock);
    return r->prepared[which];
}

void roster_give(struct roster *r, sqlite3_stmt *st)
{
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    pthread_mutex_unlock(&r->lock);
}

enum err roster_change(struct roster *r, sqlite3_stmt *st)
{
    enum err e = OK;

    if (sqlite3_step(st) != SQLITE_DONE)
        e = roster_failed(r);
    else if (sqlite3_changes(r->db) == 0)
        e = ERR_NOTFOUND;
    roster_give(r, st);
    return e;
}

void roster_bind_text(sqlite3_stmt *st, int place, const char *text)
{
    sqlite3_bind_text(st, place, text, -1, SQLITE_STATIC);
}

void roster_bind_blob(sqlite3_stmt *st, int place, const uint8_t *bytes, int len)
{
    sqlite3_bind_blob(st, place, bytes, len, SQLITE_STATIC);
}

void roster_column_text(sqlite3_stmt *st, int column, char *out, size_t size)
{
    const unsigned char *text = sqlite3_column_text(st, column);

    snprintf(out, size, "%s", text != NULL ? (const char *)text : "");
}

int roster_column_blob(sqlite3_stmt *st, int column, uint8_t *out, size_t len)
{
    if ((size_t)sqlite3_column_bytes(st, column) != len)
        return 0;
    memcpy(out, sqlite3_column_blob(st, column), len);
    return 1;
}
