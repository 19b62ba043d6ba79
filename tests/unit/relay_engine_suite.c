/* SPDX-License-Identifier: Apache-2.0 */
/* relay_engine_suite: see relay_engine_suite.h. */
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

static struct id numbered(unsigned n)
{
    struct id id = {{0xaa, (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n}};

    return id;
}

/* Message n from alice for the scout; change what the test is about. */
static struct engine_message message(unsigned n)
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

static enum err append(struct engine *e, const struct engine_message *m)
{
    return e->append(e->self, m, &WIDE);
}

/* The first message after a cursor: its cursor, or 0 when there is none. */
static uint64_t next_at(struct engine *e, struct id site, struct id mailbox, uint64_t after, uint64_t now,
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

static uint64_t next(struct engine *e, uint64_t after, struct id *id)
{
    return next_at(e, SITE, SCOUT, after, NOW, id);
}

static unsigned count(struct engine *e)
{
    unsigned n = 0;

    for (uint64_t cursor = 0; (cursor = next(e, cursor, NULL)) != 0;)
        n++;
    return n;
}

static void acknowledge(struct engine *e, struct id site, struct id mailbox, uint64_t through)
{
    int more = 1;

    while (more)
        assert_int_equal(e->acknowledge(e->self, site, mailbox, through, &more), OK);
}

/* Sites share nothing */

static void a_message_for_the_same_node_of_another_site_stays_unseen(void **state)
{
    struct engine_message m = message(1);

    m.site = OTHER_SITE;
    assert_int_equal(append(E(state), &m), OK);
    assert_int_equal(next(E(state), 0, NULL), 0);
    assert_int_not_equal(next_at(E(state), OTHER_SITE, SCOUT, 0, NOW, NULL), 0);
}

static void acknowledging_in_one_site_or_mailbox_leaves_all_others_alone(void **state)
{
    struct engine_message here = message(1), there = message(2), beside = message(3);

    there.site = OTHER_SITE;
    beside.mailbox = BOB;
    assert_int_equal(append(E(state), &here), OK);
    assert_int_equal(append(E(state), &there), OK);
    assert_int_equal(append(E(state), &beside), OK);
    acknowledge(E(state), SITE, SCOUT, UINT64_MAX);
    assert_int_equal(next(E(state), 0, NULL), 0);
    assert_int_not_equal(next_at(E(state), OTHER_SITE, SCOUT, 0, NOW, NULL), 0);
    assert_int_not_equal(next_at(E(state), SITE, BOB, 0, NOW, NULL), 0);
}

static void one_message_id_in_two_sites_is_two_messages(void **state)
{
    struct engine_message m = message(1);

    assert_int_equal(append(E(state), &m), OK);
    m.site = OTHER_SITE;
    assert_int_equal(append(E(state), &m), OK);
}

static void nobody_can_keep_a_message_out_by_taking_its_id(void **state)
{
    struct engine_message squatter = message(1), real = message(1);

    squatter.sender = BOB;
    assert_int_equal(append(E(state), &squatter), OK);
    assert_int_equal(append(E(state), &real), OK);
    assert_int_equal(count(E(state)), 2);
}

/* Appending */

static void a_message_that_is_sent_again_is_there_once_and_as_it_was(void **state)
{
    struct engine_message m = message(1);
    struct engine_found found = {0};

    assert_int_equal(append(E(state), &m), OK);
    m.bytes = (const uint8_t *)"other!";
    assert_int_equal(append(E(state), &m), ERR_EXISTS);
    assert_int_equal(count(E(state)), 1);
    assert_int_equal(E(state)->next(E(state)->self, SITE, SCOUT, 0, NOW, &found), OK);
    assert_int_equal(found.len, 6);
    assert_memory_equal(found.bytes, "sealed", 6);
    assert_true(id_equal(found.id, numbered(1)));
    free(found.bytes);
}

static void a_full_mailbox_refuses_by_count_and_by_bytes_and_takes_again_after_acknowledging(void **state)
{
    const struct engine_quota by_count = {.messages = 2, .bytes = 1000, .sender_messages = 9, .sender_bytes = 1000};
    const struct engine_quota by_bytes = {.messages = 9, .bytes = 17, .sender_messages = 9, .sender_bytes = 1000};
    struct engine *e = E(state);
    struct engine_message m = message(1);

    assert_int_equal(e->append(e->self, &m, &by_count), OK);
    m = message(2);
    assert_int_equal(e->append(e->self, &m, &by_count), OK);
    m = message(3);
    assert_int_equal(e->append(e->self, &m, &by_count), ERR_FULL);
    assert_int_equal(e->append(e->self, &m, &by_bytes), ERR_FULL);
    assert_int_equal(count(e), 2);
    acknowledge(e, SITE, SCOUT, UINT64_MAX);
    assert_int_equal(e->append(e->self, &m, &by_count), OK);
}

static void one_sender_cannot_use_up_the_mailbox_for_the_others(void **state)
{
    const struct engine_quota q = {.messages = 9, .bytes = 1000, .sender_messages = 2, .sender_bytes = 13};
    struct engine *e = E(state);
    struct engine_message m = message(1);

    assert_int_equal(e->append(e->self, &m, &q), OK);
    m = message(2);
    assert_int_equal(e->append(e->self, &m, &q), OK);
    m = message(3);
    assert_int_equal(e->append(e->self, &m, &q), ERR_FULL);
    m.sender = BOB;
    assert_int_equal(e->append(e->self, &m, &q), OK);
    m = message(4);
    m.sender = BOB;
    m.len = 8; /* more bytes than are left of its share */
    m.bytes = (const uint8_t *)"sealed 2";
    assert_int_equal(e->append(e->self, &m, &q), ERR_FULL);
}

/* Mailboxes need not be made, so a device scout that was captured can write to any number of them. */
static void a_site_cannot_fill_the_disk_with_mailboxes_nor_take_another_sites_share(void **state)
{
    struct engine_quota q = WIDE;
    struct engine *e = E(state);
    struct engine_message m = message(1);

    q.site_bytes = 3 * (ENGINE_MESSAGE_COST + m.len);
    for (unsigned n = 1; n <= 3; n++) {
        m = message(n);
        m.mailbox = numbered(1000 + n);
        assert_int_equal(e->append(e->self, &m, &q), OK);
    }
    m = message(4);
    m.mailbox = numbered(1004);
    assert_int_equal(e->append(e->self, &m, &q), ERR_FULL);
    m.site = OTHER_SITE;
    assert_int_equal(e->append(e->self, &m, &q), OK);
    acknowledge(e, SITE, numbered(1002), UINT64_MAX);
    m.site = SITE;
    assert_int_equal(e->append(e->self, &m, &q), OK);
}

static void a_refused_message_leaves_nothing_behind(void **state)
{
    const struct engine_quota none = {0};
    struct engine *e = E(state);
    struct engine_message m = message(1);
    uint64_t messages = 9, bytes = 9;

    assert_int_equal(e->append(e->self, &m, &none), ERR_FULL);
    assert_int_equal(e->totals(e->self, &messages, &bytes), OK);
    assert_int_equal(messages, 0);
    assert_int_equal(bytes, 0);
    assert_int_equal(append(e, &m), OK);
    assert_int_equal(e->totals(e->self, &messages, &bytes), OK);
    assert_int_equal(messages, 1);
    assert_int_equal(bytes, 6);
}

/* Reading */

static void messages_come_in_the_order_in_which_they_went_in(void **state)
{
    uint64_t cursor = 0, before = 0;
    struct id id;

    for (unsigned n = 1; n <= 50; n++) {
        struct engine_message m = message(n);

        assert_int_equal(append(E(state), &m), OK);
    }
    for (unsigned n = 1; n <= 50; n++, before = cursor) {
        cursor = next(E(state), cursor, &id);
        assert_true(cursor > before);
        assert_true(id_equal(id, numbered(n)));
    }
    assert_int_equal(next(E(state), cursor, NULL), 0);
}

static void cursors_rise_when_the_clock_falls(void **state)
{
    struct engine_message first = message(1), second = message(2);
    struct id id;

    second.now_unix_ms = NOW - 3650 * DAY;
    assert_int_equal(append(E(state), &first), OK);
    assert_int_equal(append(E(state), &second), OK);
    assert_int_not_equal(next(E(state), next(E(state), 0, &id), &id), 0);
    assert_true(id_equal(id, numbered(2)));
}

static void cursors_are_not_given_twice_after_all_was_acknowledged(void **state)
{
    struct engine_message m = message(1);
    uint64_t first;

    assert_int_equal(append(E(state), &m), OK);
    first = next(E(state), 0, NULL);
    acknowledge(E(state), SITE, SCOUT, first);
    m = message(2);
    assert_int_equal(append(E(state), &m), OK);
    assert_true(next(E(state), first, NULL) > first);
}

static void a_cursor_from_before_the_state_was_lost_reads_from_the_start(void **state)
{
    struct engine_message m = message(1);

    assert_int_equal(append(E(state), &m), OK);
    assert_int_not_equal(next(E(state), UINT64_MAX, NULL), 0);
    assert_int_not_equal(next(E(state), NOW * 1000 + DAY, NULL), 0);
}

static void an_expired_message_is_not_read_and_is_removed(void **state)
{
    struct engine *e = E(state);
    struct engine_message m = message(1), kept = message(2);
    uint64_t messages, bytes;
    int more;

    m.expires_unix_ms = NOW + 5;
    assert_int_equal(append(e, &m), OK);
    assert_int_equal(append(e, &kept), OK);
    assert_int_not_equal(next_at(e, SITE, SCOUT, 0, NOW + 4, NULL), 0);
    assert_int_equal(next_at(e, SITE, SCOUT, next_at(e, SITE, SCOUT, 0, NOW + 5, NULL), NOW + 5, NULL), 0);
    assert_int_equal(e->expire(e->self, NOW + 5, &more), OK);
    assert_int_equal(more, 0);
    assert_int_equal(e->totals(e->self, &messages, &bytes), OK);
    assert_int_equal(messages, 1);
}

static void many_expire_or_are_acknowledged_in_bounded_pieces(void **state)
{
    struct engine *e = E(state);
    unsigned pieces = 0;
    int more = 1;

    for (unsigned n = 0; n < 1000; n++) {
        struct engine_message m = message(n);

        m.expires_unix_ms = n < 500 ? NOW + 1 : NOW + DAY;
        assert_int_equal(append(e, &m), OK);
    }
    for (; more; pieces++)
        assert_int_equal(e->expire(e->self, NOW + 1, &more), OK);
    assert_true(pieces > 1);
    assert_int_equal(count(e), 500);
    for (more = 1, pieces = 0; more; pieces++)
        assert_int_equal(e->acknowledge(e->self, SITE, SCOUT, UINT64_MAX, &more), OK);
    assert_true(pieces > 1);
    assert_int_equal(count(e), 0);
}

static void an_empty_mailbox_is_forgotten_after_a_while_and_its_cursors_still_rise(void **state)
{
    struct engine *e = E(state);
    struct engine_message m = message(1);
    uint64_t first;
    int more;

    assert_int_equal(append(e, &m), OK);
    first = next(e, 0, NULL);
    acknowledge(e, SITE, SCOUT, first);
    assert_int_equal(e->expire(e->self, NOW + 3 * DAY, &more), OK);
    m = message(2);
    m.now_unix_ms = NOW + 3 * DAY;
    assert_int_equal(append(e, &m), OK);
    assert_true(next(e, 0, NULL) > first);
}

static void all_is_there_again_after_a_restart(void **state)
{
    struct engine_under_test *t = *state;
    const struct engine_door d = {.site = SITE, .expires_unix_ms = NOW + DAY, .uses = 1};
    struct engine_message m = message(1);
    uint8_t *bytes;
    size_t len;

    assert_int_equal(append(&t->engine, &m), OK);
    assert_int_equal(t->engine.put_bulletin(t->engine.self, SITE, (const uint8_t *)"news", 4), OK);
    assert_int_equal(t->engine.open_door(t->engine.self, &d), OK);
    t->reopen(t);
    assert_int_equal(count(&t->engine), 1);
    assert_int_equal(append(&t->engine, &m), ERR_EXISTS);
    assert_int_equal(t->engine.get_bulletin(t->engine.self, SITE, &bytes, &len), OK);
    assert_int_equal(len, 4);
    free(bytes);
    m = message(2);
    assert_int_equal(t->engine.pass_door(t->engine.self, d.door, &m, &WIDE), OK);
}

/* News */

struct heard {
    unsigned times;
    struct id site, key;
};

static void hear(void *arg, struct id site, struct id key)
{
    struct heard *h = arg;

    h->times++;
    h->site = site;
    h->key = key;
}

static void news_name_the_mailbox_once_and_only_for_what_is_new(void **state)
{
    struct engine *e = E(state);
    struct engine_message m = message(1);
    struct heard h = {0};

    e->set_news(e->self, hear, &h);
    assert_int_equal(append(e, &m), OK);
    assert_int_equal(h.times, 1);
    assert_true(id_equal(h.site, SITE) && id_equal(h.key, SCOUT));
    assert_int_equal(append(e, &m), ERR_EXISTS);
    assert_int_equal(h.times, 1);
}

/* Bulletins */

static void a_site_has_one_bulletin_and_it_is_not_another_sites(void **state)
{
    struct engine *e = E(state);
    uint8_t *bytes;
    size_t len;

    assert_int_equal(e->get_bulletin(e->self, SITE, &bytes, &len), ERR_NOTFOUND);
    assert_int_equal(e->put_bulletin(e->self, SITE, (const uint8_t *)"one", 3), OK);
    assert_int_equal(e->put_bulletin(e->self, SITE, (const uint8_t *)"second", 6), OK);
    assert_int_equal(e->get_bulletin(e->self, SITE, &bytes, &len), OK);
    assert_int_equal(len, 6);
    assert_memory_equal(bytes, "second", 6);
    free(bytes);
    assert_int_equal(e->get_bulletin(e->self, OTHER_SITE, &bytes, &len), ERR_NOTFOUND);
}

/* Doors */

static void open_door(struct engine *e, uint32_t uses, uint64_t expires)
{
    struct engine_door d = {.site = SITE, .expires_unix_ms = expires, .uses = uses};

    memcpy(d.door, DOOR, sizeof DOOR);
    assert_int_equal(e->open_door(e->self, &d), OK);
}

static enum err pass(struct engine *e, unsigned n)
{
    struct engine_message m = message(n);

    return e->pass_door(e->self, DOOR, &m, &WIDE);
}

static enum err answer(struct engine *e, unsigned n)
{
    return e->put_answer(e->self, SITE, DOOR, numbered(n), (const uint8_t *)"welcome", 7);
}

static enum err get_answer(struct engine *e, unsigned n, uint64_t now)
{
    uint8_t *bytes = NULL;
    size_t len = 0;
    enum err err = e->get_answer(e->self, SITE, DOOR, numbered(n), now, &bytes, &len);

    if (err == OK)
        assert_memory_equal(bytes, "welcome", 7);
    free(bytes);
    return err;
}

static void a_closed_an_expired_and_another_sites_door_let_nothing_through(void **state)
{
    struct engine *e = E(state);
    struct engine_message m = message(1);

    assert_int_equal(pass(e, 1), ERR_NOTFOUND);
    open_door(e, 5, NOW);
    assert_int_equal(pass(e, 1), ERR_NOTFOUND);
    open_door(e, 5, NOW + DAY);
    m.site = OTHER_SITE;
    assert_int_equal(e->pass_door(e->self, DOOR, &m, &WIDE), ERR_NOTFOUND);
    assert_int_equal(e->pass_door(e->self, OTHER_DOOR, &m, &WIDE), ERR_NOTFOUND);
    assert_int_equal(e->close_door(e->self, SITE, DOOR), OK);
    assert_int_equal(pass(e, 1), ERR_NOTFOUND);
    assert_int_equal(count(e), 0);
}

static void a_door_lets_through_one_message_and_one_answer_for_each_use(void **state)
{
    struct engine *e = E(state);

    open_door(e, 1, NOW + DAY);
    assert_int_equal(answer(e, 1), ERR_NOTFOUND);
    assert_int_equal(pass(e, 1), OK);
    assert_int_equal(pass(e, 1), ERR_EXISTS);
    assert_int_equal(pass(e, 2), ERR_LIMIT);
    assert_int_equal(count(e), 1);
    assert_int_equal(get_answer(e, 1, NOW), ERR_STATE);
    assert_int_equal(answer(e, 1), OK);
    assert_int_equal(answer(e, 1), ERR_EXISTS);
    assert_int_equal(get_answer(e, 1, NOW), OK);
    assert_int_equal(get_answer(e, 2, NOW), ERR_NOTFOUND);
    assert_int_equal(get_answer(e, 1, NOW + DAY), ERR_NOTFOUND);
}

static void a_message_that_the_mailbox_has_no_room_for_uses_nothing_up(void **state)
{
    const struct engine_quota none = {0};
    struct engine *e = E(state);
    struct engine_message m = message(1);

    open_door(e, 1, NOW + DAY);
    assert_int_equal(e->pass_door(e->self, DOOR, &m, &none), ERR_FULL);
    assert_int_equal(pass(e, 1), OK);
}

static void closing_a_door_takes_its_answers_away(void **state)
{
    struct engine *e = E(state);

    open_door(e, 2, NOW + DAY);
    assert_int_equal(pass(e, 1), OK);
    assert_int_equal(answer(e, 1), OK);
    assert_int_equal(e->close_door(e->self, SITE, DOOR), OK);
    assert_int_equal(e->close_door(e->self, SITE, DOOR), OK);
    assert_int_equal(get_answer(e, 1, NOW), ERR_NOTFOUND);
    open_door(e, 2, NOW + DAY);
    assert_int_equal(get_answer(e, 1, NOW), ERR_NOTFOUND);
    assert_int_equal(pass(e, 1), OK); /* its message still waits in the mailbox */
    assert_int_equal(count(e), 1);
}

static void an_expired_door_goes_with_its_answers(void **state)
{
    struct engine *e = E(state);
    int more;

    open_door(e, 2, NOW + DAY);
    assert_int_equal(pass(e, 1), OK);
    assert_int_equal(answer(e, 1), OK);
    assert_int_equal(e->expire(e->self, NOW + DAY, &more), OK);
    open_door(e, 2, NOW + 3 * DAY);
    assert_int_equal(get_answer(e, 1, NOW), ERR_NOTFOUND);
}

static void opening_a_door_again_sets_its_uses_and_keeps_its_answers(void **state)
{
    struct engine *e = E(state);

    open_door(e, 1, NOW + DAY);
    assert_int_equal(pass(e, 1), OK);
    assert_int_equal(answer(e, 1), OK);
    open_door(e, 1, NOW + DAY);
    assert_int_equal(get_answer(e, 1, NOW), OK);
    assert_int_equal(pass(e, 2), OK);
    open_door(e, 0, NOW + DAY);
    assert_int_equal(pass(e, 3), ERR_LIMIT);
}

static void answers_are_news_for_the_message_that_they_answer(void **state)
{
    struct engine *e = E(state);
    struct heard h = {0};

    open_door(e, 1, NOW + DAY);
    assert_int_equal(pass(e, 1), OK);
    e->set_news(e->self, hear, &h);
    assert_int_equal(answer(e, 1), OK);
    assert_int_equal(h.times, 1);
    assert_true(id_equal(h.key, numbered(1)));
}

static void a_site_cannot_open_doors_without_end(void **state)
{
    struct engine *e = E(state);
    struct engine_door d = {.site = SITE, .expires_unix_ms = NOW + DAY, .uses = 1};
    unsigned n = 0;

    for (; n < ENGINE_DOORS_MAX; n++) {
        memcpy(d.door, numbered(n).b, ID_LEN);
        assert_int_equal(e->open_door(e->self, &d), OK);
    }
    assert_int_equal(e->open_door(e->self, &d), OK); /* one of them, again */
    memcpy(d.door, numbered(n).b, ID_LEN);
    assert_int_equal(e->open_door(e->self, &d), ERR_FULL);
    d.site = OTHER_SITE;
    assert_int_equal(e->open_door(e->self, &d), OK);
}

const struct CMUnitTest relay_engine_suite[] = {
    cmocka_unit_test(a_message_for_the_same_node_of_another_site_stays_unseen),
    cmocka_unit_test(acknowledging_in_one_site_or_mailbox_leaves_all_others_alone),
    cmocka_unit_test(one_message_id_in_two_sites_is_two_messages),
    cmocka_unit_test(nobody_can_keep_a_message_out_by_taking_its_id),
    cmocka_unit_test(a_message_that_is_sent_again_is_there_once_and_as_it_was),
    cmocka_unit_test(a_full_mailbox_refuses_by_count_and_by_bytes_and_takes_again_after_acknowledging),
    cmocka_unit_test(one_sender_cannot_use_up_the_mailbox_for_the_others),
    cmocka_unit_test(a_site_cannot_fill_the_disk_with_mailboxes_nor_take_another_sites_share),
    cmocka_unit_test(a_refused_message_leaves_nothing_behind),
    cmocka_unit_test(messages_come_in_the_order_in_which_they_went_in),
    cmocka_unit_test(cursors_rise_when_the_clock_falls),
    cmocka_unit_test(cursors_are_not_given_twice_after_all_was_acknowledged),
    cmocka_unit_test(a_cursor_from_before_the_state_was_lost_reads_from_the_start),
    cmocka_unit_test(an_expired_message_is_not_read_and_is_removed),
    cmocka_unit_test(many_expire_or_are_acknowledged_in_bounded_pieces),
    cmocka_unit_test(an_empty_mailbox_is_forgotten_after_a_while_and_its_cursors_still_rise),
    cmocka_unit_test(all_is_there_again_after_a_restart),
    cmocka_unit_test(news_name_the_mailbox_once_and_only_for_what_is_new),
    cmocka_unit_test(a_site_has_one_bulletin_and_it_is_not_another_sites),
    cmocka_unit_test(a_closed_an_expired_and_another_sites_door_let_nothing_through),
    cmocka_unit_test(a_door_lets_through_one_message_and_one_answer_for_each_use),
    cmocka_unit_test(a_message_that_the_mailbox_has_no_room_for_uses_nothing_up),
    cmocka_unit_test(closing_a_door_takes_its_answers_away),
    cmocka_unit_test(an_expired_door_goes_with_its_answers),
    cmocka_unit_test(opening_a_door_again_sets_its_uses_and_keeps_its_answers),
    cmocka_unit_test(answers_are_news_for_the_message_that_they_answer),
    cmocka_unit_test(a_site_cannot_open_doors_without_end),
};
const size_t relay_engine_suite_len = sizeof relay_engine_suite / sizeof *relay_engine_suite;
