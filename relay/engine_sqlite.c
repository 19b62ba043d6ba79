/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine_sqlite: the file, its tables and its statements.
 *
 * How durable is an append? The scouts are the source of truth: a sender repeats a message until the recipient's
 * signed acknowledgement is there, and no promise of the relay counts. So an append need not survive a power cut, and
 * its reader may be woken before it could. synchronous=NORMAL on a write-ahead log gives just that: a commit is one
 * write(2) into the page cache (kill -9 loses nothing, a power cut the last moments, neither damages the file), and
 * fsync comes with the checkpoints alone. Batching appends to share an fsync would delay each by a disk's latency for
 * a promise that nobody uses. What revokes is another matter: after a power cut a revoked node or a withdrawn
 * invitation must not be welcome again, so bulletins and doors are written with synchronous=FULL.
 */
#include "relay/engine_sqlite.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "relay/store.h"

#define SCHEMA_VERSION   1
#define TEXT_OF(x)       #x
#define TEXT(x)          TEXT_OF(x)
#define STORE_BATCH_TEXT TEXT(STORE_BATCH)

/* One row a message; the triggers keep what each sender, and all of them (sender x''), hold in a mailbox, and what all
 * mailboxes of a site hold (mailbox and sender x''). */
static const char schema[] =
    "CREATE TABLE mailbox (site BLOB NOT NULL, node BLOB NOT NULL, last_cursor INTEGER NOT NULL,"
    " PRIMARY KEY (site, node)) WITHOUT ROWID;"
    "CREATE TABLE message (site BLOB NOT NULL, mailbox BLOB NOT NULL, cursor INTEGER NOT NULL, sender BLOB NOT NULL,"
    " id BLOB NOT NULL, expires INTEGER NOT NULL, body BLOB NOT NULL,"
    " UNIQUE (site, mailbox, cursor), UNIQUE (site, mailbox, sender, id));"
    "CREATE INDEX message_expires ON message (expires);"
    "CREATE TABLE usage (site BLOB NOT NULL, mailbox BLOB NOT NULL, sender BLOB NOT NULL, messages INTEGER NOT NULL,"
    " bytes INTEGER NOT NULL, PRIMARY KEY (site, mailbox, sender)) WITHOUT ROWID;"
    "CREATE TRIGGER message_in AFTER INSERT ON message BEGIN"
    " INSERT INTO usage VALUES (new.site, new.mailbox, new.sender, 1, length(new.body)),"
    " (new.site, new.mailbox, x'', 1, length(new.body)), (new.site, x'', x'', 1, length(new.body))"
    " ON CONFLICT DO UPDATE SET messages = messages + 1, bytes = bytes + excluded.bytes; END;"
    "CREATE TRIGGER message_out AFTER DELETE ON message BEGIN"
    " UPDATE usage SET messages = messages - 1, bytes = bytes - length(old.body)"
    " WHERE site = old.site AND mailbox = old.mailbox AND sender IN (old.sender, x'');"
    " DELETE FROM usage WHERE site = old.site AND mailbox = old.mailbox AND sender IN (old.sender, x'')"
    " AND messages = 0;"
    " UPDATE usage SET messages = messages - 1, bytes = bytes - length(old.body)"
    " WHERE site = old.site AND mailbox = x'' AND sender = x''; END;"
    "CREATE TABLE bulletin (site BLOB PRIMARY KEY NOT NULL, body BLOB NOT NULL);"
    "CREATE TABLE door (site BLOB NOT NULL, door BLOB NOT NULL, expires INTEGER NOT NULL, uses INTEGER NOT NULL,"
    " PRIMARY KEY (site, door)) WITHOUT ROWID;"
    "CREATE TABLE passage (site BLOB NOT NULL, door BLOB NOT NULL, message BLOB NOT NULL, answer BLOB,"
    " PRIMARY KEY (site, door, message));"
    "CREATE TRIGGER door_out AFTER DELETE ON door BEGIN"
    " DELETE FROM passage WHERE site = old.site AND door = old.door; END;"
    "PRAGMA user_version = " TEXT(SCHEMA_VERSION) ";";

static const char *const sql[STORE_STATEMENTS] = {
    [STORE_BEGIN] = "BEGIN IMMEDIATE",
    [STORE_COMMIT] = "COMMIT",
    [STORE_ROLLBACK] = "ROLLBACK",

    [MAIL_FIND] = "SELECT 1 FROM message WHERE site = ? AND mailbox = ? AND sender = ? AND id = ?",
    [MAIL_USAGE] = "SELECT messages, bytes FROM usage WHERE site = ? AND mailbox = ? AND sender = ?",
    [MAIL_CURSOR] = "INSERT INTO mailbox (site, node, last_cursor) VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
                    " SET last_cursor = max(last_cursor + 1, excluded.last_cursor) RETURNING last_cursor",
    [MAIL_INSERT] =
        "INSERT INTO message (site, mailbox, cursor, sender, id, expires, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
    [MAIL_NEXT] = "SELECT cursor, id, body FROM message WHERE site = ? AND mailbox = ? AND cursor > ? AND expires > ?"
                  " ORDER BY cursor LIMIT 1",
    [MAIL_LAST] = "SELECT last_cursor FROM mailbox WHERE site = ? AND node = ?",
    [MAIL_ACKNOWLEDGE] = "DELETE FROM message WHERE rowid IN (SELECT rowid FROM message"
                         " WHERE site = ? AND mailbox = ? AND cursor <= ? LIMIT " STORE_BATCH_TEXT ")",
    [MAIL_EXPIRE] =
        "DELETE FROM message WHERE rowid IN (SELECT rowid FROM message WHERE expires <= ? LIMIT " STORE_BATCH_TEXT ")",
    [MAIL_FORGET] = "DELETE FROM mailbox WHERE last_cursor < ? AND NOT EXISTS"
                    " (SELECT 1 FROM usage u WHERE u.site = mailbox.site AND u.mailbox = mailbox.node)",
    [MAIL_TOTALS] = "SELECT coalesce(sum(messages), 0), coalesce(sum(bytes), 0) FROM usage"
                    " WHERE mailbox = x'' AND sender = x''",

    [BULLETIN_GET] = "SELECT body FROM bulletin WHERE site = ?",
    [BULLETIN_PUT] = "INSERT OR REPLACE INTO bulletin (site, body) VALUES (?, ?)",

    [DOOR_COUNT] = "SELECT count(*) FROM door WHERE site = ? AND door <> ?",
    [DOOR_PUT] = "INSERT INTO door (site, door, expires, uses) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
                 " SET expires = excluded.expires, uses = excluded.uses",
    [DOOR_GET] = "SELECT uses FROM door WHERE site = ? AND door = ? AND expires > ?",
    [DOOR_USE] = "UPDATE door SET uses = uses - 1 WHERE site = ? AND door = ?",
    [DOOR_CLOSE] = "DELETE FROM door WHERE site = ? AND door = ?",
    [DOOR_EXPIRE] = "DELETE FROM door WHERE expires <= ?",
    [PASSAGE_PUT] = "INSERT INTO passage (site, door, message) VALUES (?, ?, ?)",
    [PASSAGE_GET] = "SELECT answer IS NOT NULL, answer FROM passage WHERE site = ? AND door = ? AND message = ?",
    [PASSAGE_COUNT] = "SELECT count(*) FROM (SELECT 1 FROM passage WHERE site = ? LIMIT ?)",
    [PASSAGE_ANSWER] = "UPDATE passage SET answer = ? WHERE site = ? AND door = ? AND message = ?",
};

struct query store_query(struct store *s, enum store_statement which)
{
    return query_of(s->statements[which]);
}

enum err store_run(struct store *s, enum store_statement which)
{
    struct query q = store_query(s, which);

    return query_run(&q);
}

enum err store_end(struct store *s, enum err e)
{
    if (e == OK)
        e = store_run(s, STORE_COMMIT);
    /* A failed commit may leave its transaction open, or SQLite may have rolled it back by itself. */
    if (e != OK && !sqlite3_get_autocommit(s->db)) {
        enum err rolled = store_run(s, STORE_ROLLBACK);

        if (rolled != OK)
            log_error("store_rollback_failed", "reason=%s", err_name(rolled));
    }
    return e;
}

static enum err run_sql(sqlite3 *db, const char *text)
{
    return query_err(db, sqlite3_exec(db, text, NULL, NULL, NULL));
}

/* Not a prepared statement: SQLite sets synchronous while it prepares, and running it again does nothing. */
enum err store_set_durable(struct store *s, int durable)
{
    return run_sql(s->db, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
}

void store_news(struct store *s, struct id site, struct id key)
{
    if (s->news != NULL)
        s->news(s->news_arg, site, key);
}

static void set_news(void *self, engine_news_fn *fn, void *arg)
{
    struct store *s = self;

    s->news = fn;
    s->news_arg = arg;
}

static enum err expire(void *self, uint64_t now_unix_ms, int *more)
{
    struct store *s = self;
    struct query q = store_query(s, MAIL_EXPIRE);
    const uint64_t day_ms = 24 * 3600 * 1000;
    enum err e;

    query_u64(&q, now_unix_ms);
    if ((e = query_run(&q)) != OK)
        return e;
    *more = sqlite3_changes(s->db) == STORE_BATCH; /* the triggers' changes do not count */
    q = store_query(s, DOOR_EXPIRE);
    query_u64(&q, now_unix_ms);
    if ((e = query_run(&q)) != OK)
        return e;
    /* An empty mailbox needs its row only while the clock could step back far enough to give a cursor twice. */
    q = store_query(s, MAIL_FORGET);
    query_u64(&q, now_unix_ms > day_ms ? (now_unix_ms - day_ms) * 1000 : 0);
    return query_run(&q);
}

static void close_store(void *self)
{
    struct store *s = self;

    if (s == NULL)
        return;
    for (size_t i = 0; i < STORE_STATEMENTS; i++)
        sqlite3_finalize(s->statements[i]);
    sqlite3_close(s->db); /* the last checkpoint */
    free(s);
}

static enum err read_version(sqlite3 *db, uint64_t *out)
{
    sqlite3_stmt *statement = NULL;
    struct query q;
    enum err e;

    if ((e = query_err(db, sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, NULL))) != OK)
        return e;
    q = query_of(statement);
    if ((e = query_step(&q)) == OK)
        *out = query_column_u64(&q, 0);
    sqlite3_finalize(statement);
    return e;
}

static enum err set_up(struct store *s)
{
    uint64_t version = 0;
    enum err e;

    /* wal_autocheckpoint: 16 MiB of log between fsyncs. */
    e = run_sql(s->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4096;"
                       "PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;"
                       "PRAGMA cache_size = -8192;");
    if (e != OK || (e = read_version(s->db, &version)) != OK)
        return e;
    if (version > SCHEMA_VERSION)
        return ERR_UNSUPPORTED;
    if (version == 0) {
        if ((e = store_run(s, STORE_BEGIN)) != OK)
            return e;
        e = store_end(s, run_sql(s->db, schema));
    }
    return e;
}

static enum err prepare(struct store *s, enum store_statement first, enum store_statement end)
{
    for (unsigned i = first; i < (unsigned)end; i++) {
        int rc = sqlite3_prepare_v3(s->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->statements[i], NULL);
        enum err e = query_err(s->db, rc);

        if (e != OK)
            return e;
    }
    return OK;
}

enum err engine_sqlite_open(const char *path, struct engine *out)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
    struct store *s = NULL;
    enum err e = ERR_NOMEM;

    if ((s = calloc(1, sizeof *s)) == NULL)
        goto out;
    if ((e = query_err(s->db, sqlite3_open_v2(path, &s->db, flags, NULL))) != OK)
        goto out;
    if ((e = prepare(s, STORE_BEGIN, MAIL_FIND)) != OK) /* what needs no tables */
        goto out;
    if ((e = set_up(s)) != OK || (e = prepare(s, MAIL_FIND, STORE_STATEMENTS)) != OK)
        goto out;
    *out = (struct engine){
        .self = s,
        .close = close_store,
        .set_news = set_news,
        .append = mail_append,
        .next = mail_next,
        .acknowledge = mail_acknowledge,
        .get_bulletin = bulletin_get,
        .put_bulletin = bulletin_put,
        .open_door = door_open,
        .close_door = door_close,
        .pass_door = door_pass,
        .put_answer = door_put_answer,
        .get_answer = door_get_answer,
        .expire = expire,
        .totals = mail_totals,
    };
    s = NULL;
out:
    close_store(s);
    return e;
}
