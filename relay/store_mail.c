/* SPDX-License-Identifier: Apache-2.0 */
/* store_mail: mailboxes in SQLite. */
#include "relay/store.h"

/* mailbox, sender: NULL is all of them. */
static enum err usage(struct store *s, struct id site, const struct id *mailbox, const struct id *sender,
                      uint64_t *messages, uint64_t *bytes)
{
    struct query q = store_query(s, MAIL_USAGE);
    enum err e;

    query_id(&q, site);
    query_bytes(&q, mailbox, mailbox != NULL ? ID_LEN : 0);
    query_bytes(&q, sender, sender != NULL ? ID_LEN : 0);
    *messages = *bytes = 0;
    if ((e = query_step(&q)) == OK) {
        *messages = query_column_u64(&q, 0);
        *bytes = query_column_u64(&q, 1);
    }
    query_end(&q);
    return e == ERR_NOTFOUND ? OK : e;
}

static enum err check_quota(struct store *s, const struct engine_message *m, const struct engine_quota *quota)
{
    uint64_t messages, bytes;
    enum err e;

    if ((e = usage(s, m->site, &m->mailbox, NULL, &messages, &bytes)) != OK)
        return e;
    if (messages >= quota->messages || bytes + m->len > quota->bytes)
        return ERR_FULL;
    if ((e = usage(s, m->site, NULL, NULL, &messages, &bytes)) != OK)
        return e;
    if (quota->site_bytes > 0 && bytes + m->len + (messages + 1) * ENGINE_MESSAGE_COST > quota->site_bytes)
        return ERR_FULL;
    if ((e = usage(s, m->site, &m->mailbox, &m->sender, &messages, &bytes)) != OK)
        return e;
    return messages >= quota->sender_messages || bytes + m->len > quota->sender_bytes ? ERR_FULL : OK;
}

/* ERR_EXISTS or OK. */
static enum err check_new(struct store *s, const struct engine_message *m)
{
    struct query q = store_query(s, MAIL_FIND);
    enum err e;

    query_id(&q, m->site);
    query_id(&q, m->mailbox);
    query_id(&q, m->sender);
    query_id(&q, m->id);
    e = query_step(&q);
    query_end(&q);
    return e == OK ? ERR_EXISTS : e == ERR_NOTFOUND ? OK : e;
}

static enum err take_cursor(struct store *s, const struct engine_message *m, uint64_t *cursor)
{
    struct query q = store_query(s, MAIL_CURSOR);
    enum err e;

    query_id(&q, m->site);
    query_id(&q, m->mailbox);
    query_u64(&q, m->now_unix_ms * 1000); /* microseconds: more messages a second than a mailbox can take */
    if ((e = query_step(&q)) == OK)
        *cursor = query_column_u64(&q, 0);
    query_end(&q);
    return e == ERR_NOTFOUND ? ERR_IO : e; /* RETURNING gives a row */
}

enum err mail_append_inside(struct store *s, const struct engine_message *m, const struct engine_quota *quota)
{
    uint64_t cursor = 0;
    struct query q;
    enum err e;

    if ((e = check_new(s, m)) != OK || (e = check_quota(s, m, quota)) != OK || (e = take_cursor(s, m, &cursor)) != OK)
        return e;
    q = store_query(s, MAIL_INSERT);
    query_id(&q, m->site);
    query_id(&q, m->mailbox);
    query_u64(&q, cursor);
    query_id(&q, m->sender);
    query_id(&q, m->id);
    query_u64(&q, m->expires_unix_ms);
    query_bytes(&q, m->bytes, m->len);
    return query_run(&q);
}

enum err mail_append(void *self, const struct engine_message *m, const struct engine_quota *quota)
{
    struct store *s = self;
    enum err e;

    if ((e = store_run(s, STORE_BEGIN)) != OK)
        return e;
    if ((e = store_end(s, mail_append_inside(s, m, quota))) == OK)
        store_news(s, m->site, m->mailbox);
    return e;
}

static enum err first_after(struct store *s, struct id site, struct id mailbox, uint64_t after, uint64_t now_unix_ms,
                            struct engine_found *out)
{
    struct query q = store_query(s, MAIL_NEXT);
    enum err e;

    query_id(&q, site);
    query_id(&q, mailbox);
    query_u64(&q, after);
    query_u64(&q, now_unix_ms);
    if ((e = query_step(&q)) != OK || (e = query_column_id(&q, 1, &out->id)) != OK)
        goto out;
    out->cursor = query_column_u64(&q, 0);
    e = query_column_bytes(&q, 2, &out->bytes, &out->len);
out:
    query_end(&q);
    return e;
}

/* The last cursor that the mailbox gave; 0: none. */
static enum err last_cursor(struct store *s, struct id site, struct id mailbox, uint64_t *out)
{
    struct query q = store_query(s, MAIL_LAST);
    enum err e;

    query_id(&q, site);
    query_id(&q, mailbox);
    *out = 0;
    if ((e = query_step(&q)) == OK)
        *out = query_column_u64(&q, 0);
    query_end(&q);
    return e == ERR_NOTFOUND ? OK : e;
}

enum err mail_next(void *self, struct id site, struct id mailbox, uint64_t after, uint64_t now_unix_ms,
                   struct engine_found *out)
{
    struct store *s = self;
    uint64_t last;
    enum err e;

    e = first_after(s, site, mailbox, after, now_unix_ms, out);
    if (e != ERR_NOTFOUND || after == 0)
        return e;
    if ((e = last_cursor(s, site, mailbox, &last)) != OK)
        return e;
    return last < after ? first_after(s, site, mailbox, 0, now_unix_ms, out) : ERR_NOTFOUND;
}

enum err mail_acknowledge(void *self, struct id site, struct id mailbox, uint64_t through, int *more)
{
    struct store *s = self;
    struct query q = store_query(s, MAIL_ACKNOWLEDGE);
    enum err e;

    query_id(&q, site);
    query_id(&q, mailbox);
    query_u64(&q, through);
    if ((e = query_run(&q)) == OK)
        *more = sqlite3_changes(s->db) == STORE_BATCH;
    return e;
}

enum err mail_totals(void *self, uint64_t *messages, uint64_t *bytes)
{
    struct query q = store_query(self, MAIL_TOTALS);
    enum err e;

    if ((e = query_step(&q)) == OK) {
        *messages = query_column_u64(&q, 0);
        *bytes = query_column_u64(&q, 1);
    }
    query_end(&q);
    return e;
}
