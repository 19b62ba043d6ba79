/* SPDX-License-Identifier: Apache-2.0 */
/*
 * query: one run of a prepared SQLite statement. Bind in order, step, read columns, end; a failed bind shows at the
 * step, so that callers check once.
 *
 *     struct query q = query_of(statement);
 *     query_id(&q, site);
 *     e = query_step(&q);
 *     query_end(&q);
 */
#ifndef RELAY_QUERY_H
#define RELAY_QUERY_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hex.h"

struct query {
    sqlite3_stmt *statement;
    int bound; /* parameters so far */
    int rc;    /* SQLITE_OK until a bind fails */
};

struct query query_of(sqlite3_stmt *statement);
void query_end(struct query *q);

/* Bytes are not copied: they live until query_end. */
void query_id(struct query *q, struct id id);
void query_bytes(struct query *q, const void *bytes, size_t len);
/* SQLite's integers end at 2^63 - 1; what is above is taken as that. */
void query_u64(struct query *q, uint64_t v);

/* OK a row is there; ERR_NOTFOUND no (more) row; ERR_IO after one line in the log; ERR_NOMEM. */
MUST_USE enum err query_step(struct query *q);
/* For statements without rows: OK when done. Ends the query. */
MUST_USE enum err query_run(struct query *q);

/* Columns of the row, counted from 0. */
uint64_t query_column_u64(const struct query *q, int column);
MUST_USE enum err query_column_id(const struct query *q, int column, struct id *out);
/* A copy for free(). */
MUST_USE enum err query_column_bytes(const struct query *q, int column, uint8_t **out, size_t *len);

/* What an SQLite result means; anything but OK is logged. */
MUST_USE enum err query_err(sqlite3 *db, int rc);

#endif
