/* SPDX-License-Identifier: Apache-2.0 */
/* progress: reports that are lost, late, double or of another order never show a job as what it is not. */
#include "devicescout/jobs/progress.h"

#include "tests/unit/jobs_fixture.h"

#define FIRST  id_of(1)
#define SECOND id_of(2)

static struct job held(void)
{
    return (struct job){.id = id_of(9), .state = JOB_HELD, .order = FIRST, .waiting = 1};
}

static enum err take(struct job *j, struct id order, enum job_state state, int terminal)
{
    const struct report r = {.order = order,
                             .job = j->id,
                             .state = (uint8_t)state,
                             .terminal = (uint8_t)terminal,
                             .reason = state == JOB_FAILED ? REASON_PRINTER_STOPPED : REASON_NONE};

    return progress_take(j, &r, 100);
}

static void a_late_failure_of_an_old_order_does_not_touch_the_new_one(void **state)
{
    struct job j = held();

    (void)state;
    j.order = SECOND;
    assert_int_equal(take(&j, FIRST, JOB_FAILED, 1), ERR_STALE);
    assert_int_equal(take(&j, FIRST, JOB_UNKNOWN, 1), ERR_STALE);
    assert_int_equal(take(&j, FIRST, JOB_DELIVERING, 0), ERR_STALE);
    assert_int_equal(j.state, JOB_HELD);
    assert_true(j.waiting);
}

static void paper_is_paper_whichever_order_brought_it(void **state)
{
    struct job j = held();

    (void)state;
    j.order = SECOND;
    assert_int_equal(take(&j, FIRST, JOB_DELIVERED, 1), OK);
    assert_int_equal(j.state, JOB_DELIVERED);
    assert_int_equal(j.final_boot_ms, 100);
}

static void a_repeated_or_late_step_after_the_last_word_is_no_news(void **state)
{
    struct job j = held();

    (void)state;
    assert_int_equal(take(&j, FIRST, JOB_ORDERED, 0), OK);
    assert_int_equal(take(&j, FIRST, JOB_FAILED, 1), OK);
    assert_int_equal(take(&j, FIRST, JOB_DELIVERING, 0), ERR_STALE);
    assert_int_equal(take(&j, FIRST, JOB_FAILED, 1), ERR_STALE);
    assert_int_equal(take(&j, FIRST, JOB_DELIVERED, 1), ERR_STALE);
    assert_int_equal(j.state, JOB_FAILED);
    assert_int_equal(j.reason, REASON_PRINTER_STOPPED);
}

static void nothing_moves_a_job_that_has_ended(void **state)
{
    struct job j = held();

    (void)state;
    assert_int_equal(take(&j, FIRST, JOB_DELIVERED, 1), OK);
    for (int s = JOB_RECEIVING; s < JOB_STATE_COUNT; s++)
        assert_int_equal(take(&j, SECOND, (enum job_state)s, 1), ERR_STALE);
    assert_int_equal(j.state, JOB_DELIVERED);
}

static void steps_whose_reports_were_lost_are_made_up_for(void **state)
{
    static const enum job_state ends[] = {JOB_DELIVERED, JOB_FAILED, JOB_UNKNOWN, JOB_CANCELED};

    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct job j = held();

        assert_int_equal(take(&j, FIRST, ends[i], 1), OK);
        assert_int_equal(j.state, ends[i]);
        assert_false(j.waiting);
    }
}

static void a_failed_job_fails_again_and_is_then_printed(void **state)
{
    struct job j = held();

    (void)state;
    assert_int_equal(take(&j, FIRST, JOB_FAILED, 1), OK);
    j.order = SECOND;
    j.order_ended = 0;
    assert_int_equal(take(&j, SECOND, JOB_FAILED, 1), OK);
    j.order = id_of(3);
    j.order_ended = 0;
    assert_int_equal(take(&j, id_of(3), JOB_DELIVERED, 1), OK);
    assert_int_equal(j.state, JOB_DELIVERED);
}

static void what_was_given_up_as_lost_may_still_get_its_last_word(void **state)
{
    struct job j = held();

    (void)state;
    assert_int_equal(take(&j, FIRST, JOB_DELIVERING, 0), OK);
    progress_lost(&j, NOTE_COMPUTER_OFF);
    assert_int_equal(j.state, JOB_UNKNOWN);
    assert_int_equal(take(&j, FIRST, JOB_DELIVERED, 1), OK);
    assert_int_equal(j.state, JOB_DELIVERED);
}

static void a_state_that_does_not_exist_is_refused(void **state)
{
    struct job j = held();

    (void)state;
    assert_int_equal(take(&j, FIRST, (enum job_state)200, 1), ERR_STATE);
    assert_int_equal(take(&j, FIRST, JOB_RECEIVING, 1), ERR_STATE);
    assert_int_equal(take(&j, FIRST, JOB_NONE, 1), ERR_STATE);
    assert_int_equal(j.state, JOB_HELD);
}

static void an_attempt_that_left_it_held_ends_as_failed(void **state)
{
    struct job j = held();

    (void)state;
    assert_int_equal(take(&j, FIRST, JOB_ORDERED, 0), OK);
    assert_int_equal(take(&j, FIRST, JOB_HELD, 1), OK);
    assert_int_equal(j.state, JOB_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_late_failure_of_an_old_order_does_not_touch_the_new_one),
        cmocka_unit_test(paper_is_paper_whichever_order_brought_it),
        cmocka_unit_test(a_repeated_or_late_step_after_the_last_word_is_no_news),
        cmocka_unit_test(nothing_moves_a_job_that_has_ended),
        cmocka_unit_test(steps_whose_reports_were_lost_are_made_up_for),
        cmocka_unit_test(a_failed_job_fails_again_and_is_then_printed),
        cmocka_unit_test(what_was_given_up_as_lost_may_still_get_its_last_word),
        cmocka_unit_test(a_state_that_does_not_exist_is_refused),
        cmocka_unit_test(an_attempt_that_left_it_held_ends_as_failed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
