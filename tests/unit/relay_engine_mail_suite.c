/* SPDX-License-Identifier: Apache-2.0 */
/* relay_engine_mail_suite: mailboxes, as every engine must keep them; see relay_engine_suite.h. */
#include "tests/unit/relay_engine_fixture.h"

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

const struct CMUnitTest relay_engine_mail_suite[] = {
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
};
const size_t relay_engine_mail_suite_len = sizeof relay_engine_mail_suite / sizeof *relay_engine_mail_suite;
