/* SPDX-License-Identifier: Apache-2.0 */
/* store: one statement for each kind of change, many changes in one commit. */
#include "devicescout/jobs/store.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "base/log.h"

#define WAITING_MAX 200000 /* changes; a disk that hangs longer than that loses the newest */
#define BATCH_MAX   500    /* changes in one commit */

enum change_kind { PUT_JOB, DROP_JOB, PUT_NODE, PUT_CLOSED, DROP_CLOSED, KINDS };

static const char *const statements[KINDS] = {
    [PUT_JOB] = ("INSERT OR REPLACE INTO job (id, origin, number, description, state, reason, ord)"
                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
    [DROP_JOB] = "DELETE FROM job WHERE id = ?1",
    [PUT_NODE] = "INSERT OR REPLACE INTO node (id, certificate) VALUES (?1, ?4)",
    [PUT_CLOSED] = "INSERT OR REPLACE INTO closed (job, node, record) VALUES (?1, ?2, ?4)",
    [DROP_CLOSED] = "DELETE FROM closed WHERE job = ?1",
};

static const char schema[] = "PRAGMA journal_mode = WAL;"
                             "PRAGMA synchronous = NORMAL;" /* losing the last rows in a power cut is fine */
                             "CREATE TABLE IF NOT EXISTS job (id BLOB PRIMARY KEY, origin BLOB, number INTEGER,"
                             " description BLOB, state INTEGER, reason INTEGER, ord BLOB) WITHOUT ROWID;"
                             "CREATE TABLE IF NOT EXISTS node (id BLOB PRIMARY KEY, certificate BLOB) WITHOUT ROWID;"
                             "CREATE TABLE IF NOT EXISTS closed (job BLOB PRIMARY KEY, node BLOB, record BLOB)"
                             " WITHOUT ROWID;";

struct change {
    enum change_kind kind;
    struct id id, other; /* ?1, ?2 */
    uint32_t number;     /* ?3 */
    uint8_t state, reason;
    struct id order;
    size_t len;
    STAILQ_ENTRY(change) next;
    uint8_t bytes[]; /* ?4 */
};
STAILQ_HEAD(changes, change);

struct store {
    sqlite3 *db; /* after store_read() the writer's */
    sqlite3_stmt *prepared[KINDS];
    pthread_t writer;
    int started;
    pthread_mutex_t lock; /* of what is below */
    pthread_cond_t wake;
    struct changes waiting;
    size_t waiting_len;
    int ending;
};

static int id_column(sqlite3_stmt *st, int column, struct id *out)
{
    if (sqlite3_column_bytes(st, column) != ID_LEN)
        return 0;
    memcpy(out->b, sqlite3_column_blob(st, column), ID_LEN);
    return 1;
}

static void read_job(sqlite3_stmt *st, const struct store_reader *r)
{
    struct job j = {.impressions = IMPRESSIONS_UNKNOWN};

    if (!id_column(st, 0, &j.id) || !id_column(st, 1, &j.origin) || !id_column(st, 6, &j.order))
        return;
    j.number = (uint32_t)sqlite3_column_int64(st, 2);
    j.description = (uint8_t *)(uintptr_t)sqlite3_column_blob(st, 3);
    j.description_len = (size_t)sqlite3_column_bytes(st, 3);
    j.state = (enum job_state)sqlite3_column_int(st, 4);
    j.reason = (enum job_reason)sqlite3_column_int(st, 5);
    if (j.description_len > 0 && j.description_len <= DESCRIPTION_FILE_MAX && j.state < JOB_STATE_COUNT &&
        j.reason < JOB_REASON_COUNT)
        r->job(r->arg, &j);
}

static void read_node(sqlite3_stmt *st, const struct store_reader *r)
{
    if (sqlite3_column_bytes(st, 0) == CERTIFICATE_LEN)
        r->node(r->arg, sqlite3_column_blob(st, 0));
}

static void read_closed(sqlite3_stmt *st, const struct store_reader *r)
{
    struct id job, node;

    if (id_column(st, 0, &job) && id_column(st, 1, &node) && sqlite3_column_bytes(st, 2) == CLOSED_LEN)
        r->closed(r->arg, job, node, sqlite3_column_blob(st, 2));
}

static int each_row(sqlite3 *db, const char *sql, void (*fn)(sqlite3_stmt *, const struct store_reader *),
                    const struct store_reader *r)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);

    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        if ((rc = sqlite3_step(st)) == SQLITE_ROW)
            fn(st, r);
    }
    sqlite3_finalize(st);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Is every page of it sound? */
static int check_database(sqlite3 *db)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &st, NULL);

    if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        const unsigned char *text = sqlite3_column_text(st, 0);

        rc = text != NULL && strcmp((const char *)text, "ok") == 0 ? SQLITE_OK : SQLITE_CORRUPT;
    }
    sqlite3_finalize(st);
    return rc;
}

static int open_database(struct store *s, const char *path)
{
    int rc = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_exec(s->db, schema, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = check_database(s->db);
    for (int kind = 0; rc == SQLITE_OK && kind < KINDS; kind++)
        rc = sqlite3_prepare_v3(s->db, statements[kind], -1, SQLITE_PREPARE_PERSISTENT, &s->prepared[kind], NULL);
    return rc;
}

void store_read(struct store *s, const struct store_reader *r)
{
    int rc = each_row(s->db, "SELECT certificate FROM node", read_node, r);

    if (rc == SQLITE_OK)
        rc = each_row(s->db, "SELECT id, origin, number, description, state, reason, ord FROM job", read_job, r);
    if (rc == SQLITE_OK)
        rc = each_row(s->db, "SELECT job, node, record FROM closed", read_closed, r);
    if (rc != SQLITE_OK)
        log_warn("store_failed", "why=%s", sqlite3_errstr(rc));
}

static void close_database(struct store *s)
{
    for (int kind = 0; kind < KINDS; kind++) {
        sqlite3_finalize(s->prepared[kind]);
        s->prepared[kind] = NULL;
    }
    sqlite3_close(s->db);
    s->db = NULL;
}

static void remove_database(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char name[4096];

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (snprintf(name, sizeof name, "%s%s", path, ends[i]) < (int)sizeof name)
            unlink(name);
    }
}

/* Binding what a statement does not have is an error that does no harm: it says SQLITE_RANGE. */
static int apply(struct store *s, const struct change *c)
{
    sqlite3_stmt *st = s->prepared[c->kind];
    int rc;

    sqlite3_bind_blob(st, 1, c->id.b, ID_LEN, SQLITE_STATIC);
    sqlite3_bind_blob(st, 2, c->other.b, ID_LEN, SQLITE_STATIC);
    sqlite3_bind_int64(st, 3, c->number);
    sqlite3_bind_blob(st, 4, c->bytes, (int)c->len, SQLITE_STATIC);
    sqlite3_bind_int(st, 5, c->state);
    sqlite3_bind_int(st, 6, c->reason);
    sqlite3_bind_blob(st, 7, c->order.b, ID_LEN, SQLITE_STATIC);
    rc = sqlite3_step(st);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return rc;
}

static void write_batch(struct store *s, struct changes *batch)
{
    struct change *c;
    int rc = sqlite3_exec(s->db, "BEGIN", NULL, NULL, NULL);

    while ((c = STAILQ_FIRST(batch)) != NULL) {
        STAILQ_REMOVE_HEAD(batch, next);
        if (rc == SQLITE_OK && (rc = apply(s, c)) == SQLITE_DONE)
            rc = SQLITE_OK;
        free(c);
    }
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
    if (rc != SQLITE_OK) {
        log_warn("store_failed", "why=%s", sqlite3_errstr(rc));
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    }
}

static void *write_all(void *arg)
{
    struct store *s = arg;
    struct changes batch = STAILQ_HEAD_INITIALIZER(batch);
    struct change *c;

    pthread_mutex_lock(&s->lock);
    for (;;) {
        size_t count = 0;

        while (count < BATCH_MAX && (c = STAILQ_FIRST(&s->waiting)) != NULL) {
            STAILQ_REMOVE_HEAD(&s->waiting, next);
            STAILQ_INSERT_TAIL(&batch, c, next);
            s->waiting_len--;
            count++;
        }
        if (count == 0) {
            if (s->ending)
                break;
            pthread_cond_wait(&s->wake, &s->lock);
            continue;
        }
        pthread_mutex_unlock(&s->lock);
        write_batch(s, &batch);
        pthread_mutex_lock(&s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

enum err store_open(const char *path, struct store **out)
{
    struct store *s = calloc(1, sizeof *s);
    enum err e = ERR_NOMEM;
    int rc;

    if (s == NULL)
        goto out;
    STAILQ_INIT(&s->waiting);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    rc = open_database(s, path);
    if (rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB || rc == SQLITE_ERROR) {
        log_warn("store_replaced", "why=%s", sqlite3_errstr(rc));
        close_database(s);
        remove_database(path);
        rc = open_database(s, path);
    }
    e = ERR_IO;
    if (rc != SQLITE_OK) {
        log_error("store_failed", "why=%s", sqlite3_errstr(rc));
        goto out;
    }
    if (pthread_create(&s->writer, NULL, write_all, s) != 0)
        goto out;
    s->started = 1;
    *out = s; /* the caller owns it now */
    s = NULL;
    e = OK;
out:
    store_close(s);
    return e;
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    if (s->started) {
        pthread_mutex_lock(&s->lock);
        s->ending = 1;
        pthread_cond_signal(&s->wake);
        pthread_mutex_unlock(&s->lock);
        pthread_join(s->writer, NULL);
    }
    close_database(s);
    pthread_cond_destroy(&s->wake);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static void submit(struct store *s, const struct change *head, const uint8_t *bytes, size_t len)
{
    struct change *c = malloc(sizeof *c + len);

    if (c == NULL) {
        log_warn("store_failed", "why=no memory");
        return;
    }
    *c = *head;
    c->len = len;
    if (len > 0)
        memcpy(c->bytes, bytes, len);
    pthread_mutex_lock(&s->lock);
    if (s->waiting_len < WAITING_MAX) {
        STAILQ_INSERT_TAIL(&s->waiting, c, next);
        s->waiting_len++;
        pthread_cond_signal(&s->wake);
        c = NULL;
    }
    pthread_mutex_unlock(&s->lock);
    free(c);
}

void store_put_job(struct store *s, const struct job *j)
{
    submit(s,
           &(struct change){.kind = PUT_JOB,
                            .id = j->id,
                            .other = j->origin,
                            .number = j->number,
                            .state = (uint8_t)j->state,
                            .reason = (uint8_t)j->reason,
                            .order = j->order},
           j->description, j->description_len);
}

void store_drop_job(struct store *s, struct id job)
{
    submit(s, &(struct change){.kind = DROP_JOB, .id = job}, NULL, 0);
}

void store_put_node(struct store *s, struct id node, const uint8_t certificate[static CERTIFICATE_LEN])
{
    submit(s, &(struct change){.kind = PUT_NODE, .id = node}, certificate, CERTIFICATE_LEN);
}

void store_put_closed(struct store *s, struct id job, struct id node, const uint8_t record[static CLOSED_LEN])
{
    submit(s, &(struct change){.kind = PUT_CLOSED, .id = job, .other = node}, record, CLOSED_LEN);
}

void store_drop_closed(struct store *s, struct id job)
{
    submit(s, &(struct change){.kind = DROP_CLOSED, .id = job}, NULL, 0);
}
