/* SPDX-License-Identifier: Apache-2.0 */
/* store_site: bulletins and doors in SQLite. What revokes or withdraws is durable before its call returns. */
#include "relay/store.h"

#include "base/log.h"

enum err bulletin_get(void *self, struct id site, uint8_t **out, size_t *len)
{
    struct query q = store_query(self, BULLETIN_GET);
    enum err e;

    query_id(&q, site);
    if ((e = query_step(&q)) == OK)
        e = query_column_bytes(&q, 0, out, len);
    query_end(&q);
    return e;
}

/* Run q so that it survives a power cut, then go back to relaxed commits. Ends q. */
static enum err run_durably(struct store *s, struct query *q)
{
    enum err e, relaxed;

    if ((e = store_set_durable(s, 1)) != OK) {
        query_end(q);
        return e;
    }
    e = query_run(q);
    if ((relaxed = store_set_durable(s, 0)) != OK)
        log_warn("store_stays_durable", "reason=%s", err_name(relaxed)); /* slower, and right */
    return e;
}

enum err bulletin_put(void *self, struct id site, const uint8_t *bytes, size_t len)
{
    struct query q = store_query(self, BULLETIN_PUT);

    query_id(&q, site);
    query_bytes(&q, bytes, len);
    return run_durably(self, &q);
}

static struct query door_query(struct store *s, enum store_statement which, struct id site, const uint8_t *door)
{
    struct query q = store_query(s, which);

    query_id(&q, site);
    query_bytes(&q, door, ENGINE_DOOR_LEN);
    return q;
}

enum err door_open(void *self, const struct engine_door *d)
{
    struct query q = door_query(self, DOOR_COUNT, d->site, d->door);
    uint64_t others = 0;
    enum err e;

    if ((e = query_step(&q)) == OK)
        others = query_column_u64(&q, 0);
    query_end(&q);
    if (e != OK)
        return e;
    if (others >= ENGINE_DOORS_MAX)
        return ERR_FULL;
    q = door_query(self, DOOR_PUT, d->site, d->door);
    query_u64(&q, d->expires_unix_ms);
    query_u64(&q, d->uses);
    return run_durably(self, &q);
}

enum err door_close(void *self, struct id site, const uint8_t door[static ENGINE_DOOR_LEN])
{
    struct query q = door_query(self, DOOR_CLOSE, site, door);

    return run_durably(self, &q);
}

/* ERR_NOTFOUND no such door, or past its time. */
static enum err find_door(struct store *s, struct id site, const uint8_t *door, uint64_t now_unix_ms, uint64_t *uses)
{
    struct query q = door_query(s, DOOR_GET, site, door);
    enum err e;

    query_u64(&q, now_unix_ms);
    if ((e = query_step(&q)) == OK)
        *uses = query_column_u64(&q, 0);
    query_end(&q);
    return e;
}

/* ERR_NOTFOUND no such message went through. out: NULL, or receives the answer; ERR_STATE none yet. */
static enum err find_passage(struct store *s, struct id site, const uint8_t *door, struct id message, int *answered,
                             uint8_t **out, size_t *len)
{
    struct query q = door_query(s, PASSAGE_GET, site, door);
    enum err e;

    query_id(&q, message);
    if ((e = query_step(&q)) != OK)
        goto out;
    *answered = query_column_u64(&q, 0) != 0;
    if (out != NULL)
        e = *answered ? query_column_bytes(&q, 1, out, len) : ERR_STATE;
out:
    query_end(&q);
    return e;
}

/* A door can be opened again and again, each time with uses, and what went through stays. */
static enum err check_passages(struct store *s, struct id site)
{
    struct query q = store_query(s, PASSAGE_COUNT);
    uint64_t count = 0;
    enum err e;

    query_id(&q, site);
    query_u64(&q, ENGINE_PASSAGES_MAX);
    if ((e = query_step(&q)) == OK)
        count = query_column_u64(&q, 0);
    query_end(&q);
    return e == OK && count >= ENGINE_PASSAGES_MAX ? ERR_FULL : e;
}

static enum err pass_inside(struct store *s, const uint8_t *door, const struct engine_message *m,
                            const struct engine_quota *quota)
{
    struct query q;
    uint64_t uses = 0;
    int answered;
    enum err e;

    if ((e = find_door(s, m->site, door, m->now_unix_ms, &uses)) != OK)
        return e;
    if ((e = find_passage(s, m->site, door, m->id, &answered, NULL, NULL)) != ERR_NOTFOUND)
        return e == OK ? ERR_EXISTS : e;
    if (uses == 0)
        return ERR_LIMIT;
    if ((e = check_passages(s, m->site)) != OK)
        return e;
    /* It may be in the mailbox already, if the door was closed and opened again since. */
    if ((e = mail_append_inside(s, m, quota)) != OK && e != ERR_EXISTS)
        return e;
    q = door_query(s, DOOR_USE, m->site, door);
    if ((e = query_run(&q)) != OK)
        return e;
    q = door_query(s, PASSAGE_PUT, m->site, door);
    query_id(&q, m->id);
    return query_run(&q);
}

enum err door_pass(void *self, const uint8_t door[static ENGINE_DOOR_LEN], const struct engine_message *m,
                   const struct engine_quota *quota)
{
    struct store *s = self;
    enum err e;

    if ((e = store_run(s, STORE_BEGIN)) != OK)
        return e;
    if ((e = store_end(s, pass_inside(s, door, m, quota))) == OK)
        store_news(s, m->site, m->mailbox);
    return e;
}

enum err door_put_answer(void *self, struct id site, const uint8_t door[static ENGINE_DOOR_LEN], struct id message,
                         const uint8_t *bytes, size_t len)
{
    struct store *s = self;
    struct query q;
    int answered;
    enum err e;

    if ((e = find_passage(s, site, door, message, &answered, NULL, NULL)) != OK)
        return e;
    if (answered)
        return ERR_EXISTS;
    q = store_query(s, PASSAGE_ANSWER);
    query_bytes(&q, bytes, len);
    query_id(&q, site);
    query_bytes(&q, door, ENGINE_DOOR_LEN);
    query_id(&q, message);
    if ((e = query_run(&q)) == OK)
        store_news(s, site, message);
    return e;
}

enum err door_get_answer(void *self, struct id site, const uint8_t door[static ENGINE_DOOR_LEN], struct id message,
                         uint64_t now_unix_ms, uint8_t **out, size_t *len)
{
    uint64_t uses;
    int answered;
    enum err e;

    if ((e = find_door(self, site, door, now_unix_ms, &uses)) != OK)
        return e;
    return find_passage(self, site, door, message, &answered, out, len);
}
