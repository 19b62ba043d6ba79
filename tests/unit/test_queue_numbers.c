/* SPDX-License-Identifier: Apache-2.0 */
/* Job numbers: never twice, whatever was lost. */
#include "base/err.h"
#include "printscout/queue/numbers.h"
#include "tests/unit/scratch.h"

static uint32_t next(struct numbers *n)
{
    uint32_t number = 0;

    assert_int_equal(numbers_next(n, &number), OK);
    return number;
}

static void a_damaged_file_is_refused(void **state)
{
    static const char *const bad[] = {"", "\n", "x\n", "12", "-5\n", "+5\n", " 7\n", "0\n", "2147483649\n", "12\n\n"};
    const struct scratch *s = *state;
    struct numbers *n = NULL;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        scratch_write(s, NUMBERS_FILE, bad[i]);
        if (numbers_new(s->fd, 0, &n) != ERR_FORMAT)
            fail_msg("'%s' was taken", bad[i]);
    }
    assert_null(n);
}

static void the_last_number_is_given_once_and_then_no_more(void **state)
{
    const struct scratch *s = *state;
    struct numbers *n = NULL;
    uint32_t number = 7;

    assert_int_equal(numbers_new(s->fd, INT32_MAX - 1, &n), OK);
    assert_int_equal(next(n), INT32_MAX);
    assert_int_equal(numbers_next(n, &number), ERR_LIMIT);
    numbers_free(n);
    assert_int_equal(numbers_new(s->fd, 0, &n), OK);
    assert_int_equal(numbers_next(n, &number), ERR_LIMIT);
    assert_int_equal(number, 7);
    numbers_free(n);
}

static void after_a_restart_numbers_go_on_above_all_that_were_given(void **state)
{
    const struct scratch *s = *state;
    struct numbers *n = NULL;
    uint32_t last = 0;

    for (int start = 0; start < 3; start++) {
        assert_int_equal(numbers_new(s->fd, 0, &n), OK);
        for (int i = 0; i < NUMBERS_RESERVE + 10; i++) {
            const uint32_t number = next(n);

            assert_true(number > last);
            last = number;
        }
        numbers_free(n); /* nothing is written at the end: it might as well have been killed */
    }
}

static void numbers_are_above_the_jobs_that_are_there_although_the_file_is_gone(void **state)
{
    const struct scratch *s = *state;
    struct numbers *n = NULL;

    assert_int_equal(numbers_new(s->fd, 4711, &n), OK);
    assert_int_equal(next(n), 4712);
    numbers_free(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_damaged_file_is_refused, scratch_new, scratch_free),
        cmocka_unit_test_setup_teardown(the_last_number_is_given_once_and_then_no_more, scratch_new, scratch_free),
        cmocka_unit_test_setup_teardown(after_a_restart_numbers_go_on_above_all_that_were_given, scratch_new,
                                        scratch_free),
        cmocka_unit_test_setup_teardown(numbers_are_above_the_jobs_that_are_there_although_the_file_is_gone,
                                        scratch_new, scratch_free),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
