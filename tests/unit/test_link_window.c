/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/link_window.h"

#include "tests/unit/proto_fixture.h"

static void a_sequence_of_another_message_is_not_taken_for_a_repeat(void **state)
{
    struct window w = {0};
    enum err result = OK;

    (void)state;
    window_reach(&w, 1);
    window_keep(&w, 1, fixture_id('a'), OK);
    assert_int_equal(window_look(&w, 1, fixture_id('b'), &result), WINDOW_PAST);
    assert_int_equal(window_look(&w, 1, fixture_id('a'), &result), WINDOW_HANDLED);
}

static void a_repeat_has_the_result_that_was_kept(void **state)
{
    struct window w = {0};
    enum err result = OK;

    (void)state;
    window_reach(&w, 7);
    window_keep(&w, 7, fixture_id('a'), ERR_REFUSED);
    assert_int_equal(window_look(&w, 7, fixture_id('a'), &result), WINDOW_HANDLED);
    assert_int_equal(result, ERR_REFUSED);
}

static void what_was_skipped_is_new_until_it_falls_out_of_the_window(void **state)
{
    struct window w = {0};
    enum err result;

    (void)state;
    window_reach(&w, WINDOW_LEN);
    assert_int_equal(window_look(&w, 1, fixture_id('a'), &result), WINDOW_NEW);
    window_reach(&w, WINDOW_LEN + 1);
    assert_int_equal(window_look(&w, 1, fixture_id('a'), &result), WINDOW_PAST);
    assert_int_equal(window_look(&w, 2, fixture_id('a'), &result), WINDOW_NEW);
}

static void a_jump_forgets_exactly_what_it_passes(void **state)
{
    struct window w = {0};
    enum err result;

    (void)state;
    for (uint64_t s = 1; s <= WINDOW_LEN; s++) {
        window_reach(&w, s);
        window_keep(&w, s, fixture_id('a'), OK);
    }
    window_reach(&w, WINDOW_LEN + 100);
    assert_int_equal(window_look(&w, 100, fixture_id('a'), &result), WINDOW_PAST);
    assert_int_equal(window_look(&w, 101, fixture_id('a'), &result), WINDOW_HANDLED);
    assert_int_equal(window_look(&w, WINDOW_LEN + 1, fixture_id('a'), &result), WINDOW_NEW);
    window_reach(&w, UINT64_MAX);
    for (uint64_t s = 0; s < WINDOW_LEN; s++)
        assert_int_equal(window_look(&w, UINT64_MAX - s, fixture_id('a'), &result), WINDOW_NEW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sequence_of_another_message_is_not_taken_for_a_repeat),
        cmocka_unit_test(a_repeat_has_the_result_that_was_kept),
        cmocka_unit_test(what_was_skipped_is_new_until_it_falls_out_of_the_window),
        cmocka_unit_test(a_jump_forgets_exactly_what_it_passes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
