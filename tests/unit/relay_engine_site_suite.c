/* SPDX-License-Identifier: Apache-2.0 */
/* relay_engine_site_suite: bulletins and doors, as every engine must keep them; see relay_engine_suite.h. */
#include "tests/unit/relay_engine_fixture.h"

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

const struct CMUnitTest relay_engine_site_suite[] = {
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
const size_t relay_engine_site_suite_len = sizeof relay_engine_site_suite / sizeof *relay_engine_site_suite;
