/* SPDX-License-Identifier: Apache-2.0 */
/* tries: a guesser is slowed down, whatever they do; a person who mistypes hardly notices. */
#include <stdio.h>

#include "base/tries.h"
#include "tests/unit/cmocka_test.h"

static const struct tries_opts opts = {
    .keys = 8, .free_tries = 3, .delay_ms = 1000, .delay_max_ms = 16000, .forget_ms = 600000};

static int make(void **state)
{
    return tries_new(&opts, (struct tries **)state) == OK ? 0 : -1;
}

static int end(void **state)
{
    tries_free(*state);
    return 0;
}

static uint64_t try_all(struct tries *l, const char *key, uint64_t from_ms, uint64_t to_ms)
{
    uint64_t taken = 0, wait_ms;

    for (uint64_t now = from_ms; now < to_ms; now += 10)
        taken += tries_begin(l, key, now, &wait_ms) == OK;
    return taken;
}

static void a_hundred_tries_a_second_for_ten_minutes_come_to_few(void **state)
{
    /* 3 freely, 5 while the delay grows to 16 s, then one in 16 s */
    assert_in_range(try_all(*state, "alice", 0, 600000), 3, 45);
}

static void a_thousand_tries_at_once_count_as_a_thousand(void **state)
{
    uint64_t wait_ms = 0;
    int taken = 0;

    for (int i = 0; i < 1000; i++)
        taken += tries_begin(*state, "alice", 5000, &wait_ms) == OK;
    assert_int_equal(taken, 3);
    assert_int_equal(wait_ms, 1000);
}

static void the_delay_doubles_up_to_its_end_and_is_told(void **state)
{
    static const uint64_t delays[] = {1000, 2000, 4000, 8000, 16000, 16000};
    uint64_t now = 0, wait_ms;

    assert_int_equal(try_all(*state, "alice", 0, 30), 3);
    now = 20;
    for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
        assert_int_equal(tries_begin(*state, "alice", now + delays[i] - 1, &wait_ms), ERR_LIMIT);
        assert_int_equal(wait_ms, 1);
        now += delays[i];
        assert_int_equal(tries_begin(*state, "alice", now, &wait_ms), OK);
    }
}

static void letters_in_another_case_are_the_same_key(void **state)
{
    uint64_t wait_ms;

    assert_int_equal(try_all(*state, "alice", 0, 30), 3);
    assert_int_equal(tries_begin(*state, "ALICE", 30, &wait_ms), ERR_LIMIT);
    assert_int_equal(tries_begin(*state, "bob", 30, &wait_ms), OK);
}

static void a_success_takes_its_own_try_back_and_no_more(void **state)
{
    uint64_t wait_ms;

    assert_int_equal(try_all(*state, "10.0.0.1", 0, 30), 3);
    tries_take_back(*state, "10.0.0.1");
    assert_int_equal(tries_begin(*state, "10.0.0.1", 30, &wait_ms), OK);
    assert_int_equal(tries_begin(*state, "10.0.0.1", 31, &wait_ms), ERR_LIMIT);
    tries_take_back(*state, "never seen");
}

static void whoever_comes_after_a_right_one_does_not_wait_for_it(void **state)
{
    uint64_t now = try_all(*state, "a print server", 0, 30) * 10 + 1000, wait_ms;

    for (int i = 0; i < 100; i++) {
        assert_int_equal(tries_begin(*state, "a print server", now, &wait_ms), OK);
        tries_take_back(*state, "a print server");
    }
    assert_int_equal(tries_begin(*state, "a print server", now, &wait_ms), OK);
    assert_int_equal(tries_begin(*state, "a print server", now, &wait_ms), ERR_LIMIT); /* the control: a wrong one */
}

static void wrong_ones_are_forgotten_although_right_ones_never_cease(void **state)
{
    uint64_t wait_ms;

    assert_int_equal(try_all(*state, "a print server", 0, 30), 3);
    for (uint64_t now = 2000; now < 2 * opts.forget_ms; now += 1000) {
        assert_int_equal(tries_begin(*state, "a print server", now, &wait_ms), OK);
        tries_take_back(*state, "a print server");
    }
    assert_int_equal(tries_of(*state, "a print server"), 0);
}

static void a_cleared_key_starts_anew(void **state)
{
    assert_int_equal(try_all(*state, "alice", 0, 30), 3);
    tries_clear(*state, "alice");
    assert_int_equal(try_all(*state, "alice", 30, 60), 3);
}

static void a_key_that_was_quiet_is_forgotten(void **state)
{
    assert_int_equal(try_all(*state, "alice", 0, 30), 3);
    assert_int_equal(try_all(*state, "alice", 600030, 600060), 3);
}

static void a_flood_of_names_stays_within_its_bounds(void **state)
{
    uint64_t wait_ms;
    char name[32];

    for (int i = 0; i < 10000; i++) {
        snprintf(name, sizeof name, "name%d", i);
        assert_int_equal(tries_begin(*state, name, 0, &wait_ms), OK);
        assert_true(tries_count(*state) <= 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_hundred_tries_a_second_for_ten_minutes_come_to_few, make, end),
        cmocka_unit_test_setup_teardown(a_thousand_tries_at_once_count_as_a_thousand, make, end),
        cmocka_unit_test_setup_teardown(the_delay_doubles_up_to_its_end_and_is_told, make, end),
        cmocka_unit_test_setup_teardown(letters_in_another_case_are_the_same_key, make, end),
        cmocka_unit_test_setup_teardown(a_success_takes_its_own_try_back_and_no_more, make, end),
        cmocka_unit_test_setup_teardown(whoever_comes_after_a_right_one_does_not_wait_for_it, make, end),
        cmocka_unit_test_setup_teardown(wrong_ones_are_forgotten_although_right_ones_never_cease, make, end),
        cmocka_unit_test_setup_teardown(a_cleared_key_starts_anew, make, end),
        cmocka_unit_test_setup_teardown(a_key_that_was_quiet_is_forgotten, make, end),
        cmocka_unit_test_setup_teardown(a_flood_of_names_stays_within_its_bounds, make, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
