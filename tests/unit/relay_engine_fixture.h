/* SPDX-License-Identifier: Apache-2.0 */
/* relay_engine_fixture: a message, two sites, and the calls that both suites of the engines make. */
#ifndef TESTS_UNIT_RELAY_ENGINE_FIXTURE_H
#define TESTS_UNIT_RELAY_ENGINE_FIXTURE_H

#include "tests/unit/relay_engine_suite.h"

#include <stdlib.h>
#include <string.h>

#define NOW      UINT64_C(1700000000000)
#define DAY      UINT64_C(86400000)
#define E(state) (&((struct engine_under_test *)*(state))->engine)

static const struct id SITE = {{1}}, OTHER_SITE = {{2}}, SCOUT = {{3}}, ALICE = {{4}}, BOB = {{5}};
static const uint8_t DOOR[ENGINE_DOOR_LEN] = {6}, OTHER_DOOR[ENGINE_DOOR_LEN] = {7};
static const struct engine_quota WIDE = {
    .messages = 100000, .bytes = 1 << 30, .sender_messages = 100000, .sender_bytes = 1 << 30};

static inline struct id numbered(unsigned n)
{
    struct id id = {{0xaa, (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n}};

    return id;
}

/* Message n from alice for the scout; change what the test is about. */
static inline struct engine_message message(unsigned n)
{
    return (struct engine_message){.site = SITE,
                                   .mailbox = SCOUT,
                                   .sender = ALICE,
                                   .id = numbered(n),
                                   .bytes = (const uint8_t *)"sealed",
                                   .len = 6,
                                   .now_unix_ms = NOW,
                                   .expires_unix_ms = NOW + 14 * DAY};
}

static inline enum err append(struct engine *e, const struct engine_message *m)
{
    return e->append(e->self, m, &WIDE);
}

/* The first message after a cursor: its cursor, or 0 when there is none. */
static inline uint64_t next_at(struct engine *e, struct id site, struct id mailbox, uint64_t after, uint64_t now,
                               struct id *id)
{
    struct engine_found found = {0};
    enum err err = e->next(e->self, site, mailbox, after, now, &found);

    if (err == ERR_NOTFOUND)
        return 0;
    assert_int_equal(err, OK);
    if (id != NULL)
        *id = found.id;
    free(found.bytes);
    return found.cursor;
}

static inline uint64_t next(struct engine *e, uint64_t after, struct id *id)
{
    return next_at(e, SITE, SCOUT, after, NOW, id);
}

static inline unsigned count(struct engine *e)
{
    unsigned n = 0;

    for (uint64_t cursor = 0; (cursor = next(e, cursor, NULL)) != 0;)
        n++;
    return n;
}

static inline void acknowledge(struct engine *e, struct id site, struct id mailbox, uint64_t through)
{
    int more = 1;

    while (more)
        assert_int_equal(e->acknowledge(e->self, site, mailbox, through, &more), OK);
}

/* What an engine tells of news. */
struct heard {
    unsigned times;
    struct id site, key;
};

static inline void hear(void *arg, struct id site, struct id key)
{
    struct heard *h = arg;

    h->times++;
    h->site = site;
    h->key = key;
}

#endif
