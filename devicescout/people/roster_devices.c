/* SPDX-License-Identifier: Apache-2.0 */
/* roster_devices: which panels and readers prove themselves by a token, and where they stand. */
#include "devicescout/people/roster_state.h"

static void read_device(sqlite3_stmt *st, struct roster_device *d)
{
    *d = (struct roster_device){.added_unix_ms = (uint64_t)sqlite3_column_int64(st, 4)};
    roster_column_blob(st, 0, d->hash, ROSTER_HASH_LEN);
    roster_column_text(st, 1, d->kind, sizeof d->kind);
    roster_column_text(st, 2, d->printer, sizeof d->printer);
    roster_column_text(st, 3, d->label, sizeof d->label);
}

enum err roster_device_put(struct roster *r, const struct roster_device *d)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_DEVICE_PUT);

    roster_bind_blob(st, 1, d->hash, ROSTER_HASH_LEN);
    roster_bind_text(st, 2, d->kind);
    roster_bind_text(st, 3, d->printer);
    roster_bind_text(st, 4, d->label);
    sqlite3_bind_int64(st, 5, (sqlite3_int64)d->added_unix_ms);
    return roster_change(r, st);
}

enum err roster_device_find(struct roster *r, const uint8_t hash[static ROSTER_HASH_LEN], struct roster_device *out)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_DEVICE_FIND);
    enum err e = ERR_NOTFOUND;
    int rc;

    roster_bind_blob(st, 1, hash, ROSTER_HASH_LEN);
    if ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        read_device(st, out);
        e = OK;
    } else if (rc != SQLITE_DONE) {
        e = roster_failed(r);
    }
    roster_give(r, st);
    return e;
}

enum err roster_device_drop(struct roster *r, const uint8_t hash[static ROSTER_HASH_LEN])
{
    sqlite3_stmt *st = roster_take(r, ROSTER_DEVICE_DROP);

    roster_bind_blob(st, 1, hash, ROSTER_HASH_LEN);
    return roster_change(r, st);
}

enum err roster_devices(struct roster *r, roster_device_fn *fn, void *arg)
{
    sqlite3_stmt *st = roster_take(r, ROSTER_DEVICES);
    struct roster_device d;
    enum err e = OK;
    int rc;

    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        read_device(st, &d);
        fn(arg, &d);
    }
    if (rc != SQLITE_DONE)
        e = roster_failed(r);
    roster_give(r, st);
    return e;
}
