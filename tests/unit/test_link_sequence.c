/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/link_sequence.h"

#include "tests/unit/scratch.h"

static void a_damaged_file_is_refused(void **state)
{
    struct scratch *s = *state;
    struct sequence q;

    scratch_write(s, "sequence", "short");
    assert_int_equal(sequence_start(s->fd, &q), ERR_UNSUPPORTED); /* 's' is no version */
    scratch_write(s, "sequence", "\1short");
    assert_int_equal(sequence_start(s->fd, &q), ERR_FORMAT);
    scratch_write(s, "sequence", "\1more than nine");
    assert_int_equal(sequence_start(s->fd, &q), ERR_FORMAT);
}

static void each_start_is_above_all_that_the_last_one_may_have_used(void **state)
{
    struct scratch *s = *state;
    struct sequence q;
    uint64_t used = 0;

    for (int start = 0; start < 5; start++) {
        assert_int_equal(sequence_start(s->fd, &q), OK);
        assert_true(q.start >= used);
        for (used = q.start + 1; used < q.start + 10000; used++)
            assert_int_equal(sequence_reserve(&q, used), OK);
    }
}

static void the_first_number_of_a_first_start_is_one(void **state)
{
    struct scratch *s = *state;
    struct sequence q;

    assert_int_equal(sequence_start(s->fd, &q), OK);
    assert_int_equal(q.start, 0);
    assert_int_equal(sequence_reserve(&q, UINT64_MAX - 1), ERR_LIMIT); /* none would be left for the next start */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_damaged_file_is_refused, scratch_new, scratch_free),
        cmocka_unit_test_setup_teardown(each_start_is_above_all_that_the_last_one_may_have_used, scratch_new,
                                        scratch_free),
        cmocka_unit_test_setup_teardown(the_first_number_of_a_first_start_is_one, scratch_new, scratch_free),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
