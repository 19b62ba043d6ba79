/* SPDX-License-Identifier: Apache-2.0 */
/* store: what the parts of the SQLite engine share: the database, its statements, transactions. */
#ifndef RELAY_STORE_H
#define RELAY_STORE_H

#include "relay/engine.h"
#include "relay/query.h"

#define STORE_BATCH 200 /* rows that one call removes: at 64 KiB, some tens of ms, in which nobody else is served */

enum store_statement {
    STORE_BEGIN,
    STORE_COMMIT,
    STORE_ROLLBACK,
    MAIL_FIND,
    MAIL_USAGE,
    MAIL_CURSOR,
    MAIL_INSERT,
    MAIL_NEXT,
    MAIL_LAST,
    MAIL_ACKNOWLEDGE,
    MAIL_EXPIRE,
    MAIL_FORGET,
    MAIL_TOTALS,
    BULLETIN_GET,
    BULLETIN_PUT,
    DOOR_COUNT,
    DOOR_PUT,
    DOOR_GET,
    DOOR_USE,
    DOOR_CLOSE,
    DOOR_EXPIRE,
    PASSAGE_PUT,
    PASSAGE_GET,
    PASSAGE_COUNT,
    PASSAGE_ANSWER,
    STORE_STATEMENTS /* how many */
};

struct store {
    sqlite3 *db;
    sqlite3_stmt *statements[STORE_STATEMENTS];
    engine_news_fn *news;
    void *news_arg;
};

struct query store_query(struct store *s, enum store_statement which);

/* Run a statement that has no parameters and no rows. */
MUST_USE enum err store_run(struct store *s, enum store_statement which);

/* End a transaction: commit when e is OK, else roll back. Returns e, or what the commit failed with. */
MUST_USE enum err store_end(struct store *s, enum err e);

/* From now on commits survive a power cut (1) or a killed process only (0, as at the start). Not in a transaction. */
MUST_USE enum err store_set_durable(struct store *s, int durable);

void store_news(struct store *s, struct id site, struct id key);

/* The calls of struct engine. store_mail.c: */
enum err mail_append(void *self, const struct engine_message *m, const struct engine_quota *q);
/* The same inside the caller's transaction, and telling nobody yet. */
MUST_USE enum err mail_append_inside(struct store *s, const struct engine_message *m, const struct engine_quota *q);
enum err mail_next(void *self, struct id site, struct id mailbox, uint64_t after, uint64_t now_unix_ms,
                   struct engine_found *out);
enum err mail_acknowledge(void *self, struct id site, struct id mailbox, uint64_t through, int *more);
enum err mail_totals(void *self, uint64_t *messages, uint64_t *bytes);

/* store_site.c: */
enum err bulletin_get(void *self, struct id site, uint8_t **out, size_t *len);
enum err bulletin_put(void *self, struct id site, const uint8_t *bytes, size_t len);
enum err door_open(void *self, const struct engine_door *d);
enum err door_close(void *self, struct id site, const uint8_t door[static ENGINE_DOOR_LEN]);
enum err door_pass(void *self, const uint8_t door[static ENGINE_DOOR_LEN], const struct engine_message *m,
                   const struct engine_quota *q);
enum err door_put_answer(void *self, struct id site, const uint8_t door[static ENGINE_DOOR_LEN], struct id message,
                         const uint8_t *bytes, size_t len);
enum err door_get_answer(void *self, struct id site, const uint8_t door[static ENGINE_DOOR_LEN], struct id message,
                         uint64_t now_unix_ms, uint8_t **out, size_t *len);

#endif
