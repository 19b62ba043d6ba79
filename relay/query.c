/* SPDX-License-Identifier: Apache-2.0 */
/* query: see query.h. */
#include "relay/query.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum err query_err(sqlite3 *db, int rc)
{
    if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW)
        return OK;
    /* SQLite's messages name statements and files, never a bound value. */
    log_error("store_failed", "code=%d message=%s", rc, db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
    return (rc & 0xff) == SQLITE_NOMEM ? ERR_NOMEM : ERR_IO;
}

struct query query_of(sqlite3_stmt *statement)
{
    return (struct query){.statement = statement, .rc = SQLITE_OK};
}

void query_end(struct query *q)
{
    sqlite3_reset(q->statement); /* repeats the step's error, which the step returned already */
    sqlite3_clear_bindings(q->statement);
}

static void bound(struct query *q, int rc)
{
    if (q->rc == SQLITE_OK)
        q->rc = rc;
}

void query_bytes(struct query *q, const void *bytes, size_t len)
{
    /* A null pointer would bind NULL; an empty body is an empty blob. */
    bound(q, sqlite3_bind_blob64(q->statement, ++q->bound, len > 0 ? bytes : "", len, SQLITE_STATIC));
}

void query_id(struct query *q, struct id id)
{
    bound(q, sqlite3_bind_blob64(q->statement, ++q->bound, id.b, sizeof id.b, SQLITE_TRANSIENT));
}

void query_u64(struct query *q, uint64_t v)
{
    bound(q, sqlite3_bind_int64(q->statement, ++q->bound, v > INT64_MAX ? INT64_MAX : (sqlite3_int64)v));
}

enum err query_step(struct query *q)
{
    int rc = q->rc == SQLITE_OK ? sqlite3_step(q->statement) : q->rc;

    if (rc == SQLITE_ROW)
        return OK;
    if (rc == SQLITE_DONE)
        return ERR_NOTFOUND;
    return query_err(sqlite3_db_handle(q->statement), rc);
}

enum err query_run(struct query *q)
{
    enum err e = query_step(q);

    query_end(q);
    return e == ERR_NOTFOUND ? OK : e;
}

uint64_t query_column_u64(const struct query *q, int column)
{
    sqlite3_int64 v = sqlite3_column_int64(q->statement, column);

    return v < 0 ? 0 : (uint64_t)v;
}

enum err query_column_id(const struct query *q, int column, struct id *out)
{
    const void *bytes = sqlite3_column_blob(q->statement, column);

    if (bytes == NULL || sqlite3_column_bytes(q->statement, column) != ID_LEN)
        return ERR_IO;
    memcpy(out->b, bytes, ID_LEN);
    return OK;
}

enum err query_column_bytes(const struct query *q, int column, uint8_t **out, size_t *len)
{
    const void *bytes = sqlite3_column_blob(q->statement, column);
    size_t n = (size_t)sqlite3_column_bytes(q->statement, column);
    uint8_t *copy = malloc(n + 1); /* never malloc(0) */

    if (copy == NULL || (bytes == NULL && n > 0)) {
        free(copy);
        return ERR_NOMEM;
    }
    if (n > 0)
        memcpy(copy, bytes, n);
    *out = copy;
    *len = n;
    return OK;
}
