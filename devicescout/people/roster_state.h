/* SPDX-License-Identifier: Apache-2.0 */
/* roster_state: what the files of the roster share. Nobody else includes it. */
#ifndef DEVICESCOUT_PEOPLE_ROSTER_STATE_H
#define DEVICESCOUT_PEOPLE_ROSTER_STATE_H

#include <pthread.h>
#include <sqlite3.h>

#include "devicescout/people/roster.h"

enum roster_statement {
    ROSTER_SAW,
    ROSTER_GONE,
    ROSTER_FIND,
    ROSTER_BADGES_CLEAR,
    ROSTER_BADGE_PUT,
    ROSTER_BADGE_COUNT,
    ROSTER_BADGE_FIND,
    ROSTER_BADGE_DROP,
    ROSTER_BADGES,
    ROSTER_DEVICE_PUT,
    ROSTER_DEVICE_FIND,
    ROSTER_DEVICE_DROP,
    ROSTER_DEVICES,
    ROSTER_GUESS_PUT,
    ROSTER_GUESS_DROP,
    ROSTER_GUESSES,
    ROSTER_GUESSES_OLD,
    ROSTER_PLACE_PUT,
    ROSTER_PLACE_HAS,
    ROSTER_PLACES_OLD,
    ROSTER_PLACES_CLEAR,
    ROSTER_VERSION,
    ROSTER_WISH,
    ROSTER_WISHES,
    ROSTER_WISH_DROP,
    ROSTER_STATEMENTS
};

struct roster {
    sqlite3 *db;
    sqlite3_stmt *prepared[ROSTER_STATEMENTS];
    pthread_mutex_t lock; /* of all: a statement and its row belong to one caller */
    char *groups;
    sqlite3_int64 version; /* as roster_changed_elsewhere() saw it last */
};

/* A statement of the caller's own until roster_give(). */
sqlite3_stmt *roster_take(struct roster *r, enum roster_statement which);
void roster_give(struct roster *r, sqlite3_stmt *st);

/* Run what gives no rows, and give it back. ERR_NOTFOUND: it changed nothing. */
MUST_USE enum err roster_change(struct roster *r, sqlite3_stmt *st);
/* Log the database's own words. ERR_IO. */
enum err roster_failed(const struct roster *r);

/* Values stay the caller's until the statement is given back; NULL binds NULL. */
void roster_bind_text(sqlite3_stmt *st, int place, const char *text);
void roster_bind_blob(sqlite3_stmt *st, int place, const uint8_t *bytes, int len);
void roster_column_text(sqlite3_stmt *st, int column, char *out, size_t size);
/* 0: it has another length. */
int roster_column_blob(sqlite3_stmt *st, int column, uint8_t *out, size_t len);

#endif
