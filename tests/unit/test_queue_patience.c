/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that take long to count are waited for a little, whoever prints however many. */
#include "printscout/queue/patience.h"
#include "tests/unit/cmocka_test.h"

#define WANT_MS 1200
#define START   UINT64_C(5000000)

static int make(void **state)
{
    return patience_new((struct patience **)state) == OK ? 0 : -1;
}

static int end(void **state)
{
    patience_free(*state);
    return 0;
}

static void an_hour_of_slow_documents_is_waited_for_a_tenth_of_it(void **state)
{
    const uint64_t hour_ms = 3600000;
    uint64_t waited = 0;

    for (uint64_t now = START; now < START + hour_ms; now += 7)
        waited += patience_take(*state, 1000, WANT_MS, now);
    assert_in_range(waited, hour_ms / PATIENCE_PART, hour_ms / PATIENCE_PART + PATIENCE_MOST_MS);
}

static void documents_at_once_share_what_there_is(void **state)
{
    uint64_t waited = 0;

    for (int i = 0; i < 100; i++)
        waited += patience_take(*state, 1000, WANT_MS, START);
    assert_int_equal(waited, PATIENCE_MOST_MS);
}

static void another_person_is_waited_for_all_the_same(void **state)
{
    for (int i = 0; i < 100; i++)
        (void)patience_take(*state, 1000, WANT_MS, START);
    assert_int_equal(patience_take(*state, 1000, WANT_MS, START), 0);
    assert_int_equal(patience_take(*state, 1001, WANT_MS, START), WANT_MS);
}

static void who_has_spent_much_is_not_forgotten_for_a_crowd_that_spends_little(void **state)
{
    for (int i = 0; i < 100; i++)
        (void)patience_take(*state, 7, WANT_MS, START);
    for (uint32_t uid = 1000; uid < 3000; uid++)
        assert_int_equal(patience_take(*state, uid, 10, START), 10);
    assert_int_equal(patience_take(*state, 7, WANT_MS, START), 0);
}

static void what_was_not_needed_is_there_for_the_next(void **state)
{
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(patience_take(*state, 1000, WANT_MS, START), WANT_MS);
        patience_give_back(*state, 1000, WANT_MS);
    }
    patience_give_back(*state, 4711, WANT_MS); /* who took nothing gets nothing */
    assert_int_equal(patience_take(*state, 4711, 2 * PATIENCE_MOST_MS, START), PATIENCE_MOST_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_hour_of_slow_documents_is_waited_for_a_tenth_of_it, make, end),
        cmocka_unit_test_setup_teardown(documents_at_once_share_what_there_is, make, end),
        cmocka_unit_test_setup_teardown(another_person_is_waited_for_all_the_same, make, end),
        cmocka_unit_test_setup_teardown(who_has_spent_much_is_not_forgotten_for_a_crowd_that_spends_little, make, end),
        cmocka_unit_test_setup_teardown(what_was_not_needed_is_there_for_the_next, make, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
