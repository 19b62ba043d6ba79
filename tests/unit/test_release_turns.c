/* SPDX-License-Identifier: Apache-2.0 */
/* How long a turn at a printer lasts at the most, and what a job that is kept, or another's, does in the line. */
#include "tests/unit/releases_stage.h"

/* A workstation that says "delivering" again and again, a little before each silence is over. */
static void keep_talking(struct stage *s, struct job *j, uint64_t for_ms, uint64_t step_bytes)
{
    struct report r = {.order = j->order, .job = j->id, .node = j->origin, .state = JOB_DELIVERING};

    for (uint64_t ms = 0; ms < for_ms; ms += 20) {
        r.sent_bytes += step_bytes;
        releases_report(s->releases, &r);
        pass(s, 20);
    }
}

static void who_reports_without_end_and_gets_nowhere_loses_the_turn_and_says_so(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "mallory"), *b = add_job(s->index, 2, 100, "mallory"),
               *c = add_job(s->index, 3, 101, "alice");

    release_at(s, a, &lobby), release_at(s, b, &lobby), release_at(s, c, &lobby);
    keep_talking(s, a, 240, 0);
    assert_int_equal(a->state, JOB_UNKNOWN);
    assert_int_equal(a->note, NOTE_TURN_OVER);
    assert_int_equal(b->note, NOTE_NOT_TRIED); /* from the same computer */
    assert_int_equal(b->state, JOB_HELD);
    assert_int_equal(s->sent_len, 2);
    assert_true(id_equal(s->sent[1], c->origin)); /* the next one's turn */
}

static void a_trickle_of_bytes_lasts_no_longer_than_a_turn(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "mallory"), *c = add_job(s->index, 3, 101, "alice");

    release_at(s, a, &lobby), release_at(s, c, &lobby);
    keep_talking(s, a, 260, 1);
    assert_int_equal(a->state, JOB_DELIVERING); /* the control: it comes on, so it may */
    assert_int_equal(s->sent_len, 1);
    keep_talking(s, a, 300, 1000);
    assert_int_equal(a->note, NOTE_TURN_OVER);
    assert_int_equal(s->sent_len, 2);
}

static void what_ends_after_its_turn_is_still_believed(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice");

    release_at(s, a, &lobby);
    keep_talking(s, a, 240, 0);
    assert_int_equal(a->note, NOTE_TURN_OVER);
    assert_int_equal(report(s, a, s->orders[0], JOB_DELIVERED, REASON_NONE, 1), 1);
    assert_int_equal(a->state, JOB_DELIVERED);
}

static void a_kept_job_is_held_and_may_be_released_again(void **state)
{
    static const struct options unchanged;
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice"), *b = add_job(s->index, 2, 100, "alice");
    const struct release_ask ask = {
        .job = a, .person = "bob", .authentication = BY_PASSWORD, .keep = 1, .printer = &lobby, .options = &unchanged};

    assert_int_equal(releases_ask(s->releases, &ask), OK);
    assert_int_equal(s->kept, 1);
    assert_string_equal(s->whose, "alice");
    assert_string_equal(s->person, "bob");
    release_at(s, b, &lobby);
    report(s, a, s->orders[0], JOB_DELIVERING, REASON_NONE, 0);
    assert_int_equal(report(s, a, s->orders[0], JOB_HELD, REASON_KEPT, 1), PAPER_CAME_AND_JOB_STAYS);
    assert_int_equal(report(s, a, s->orders[0], JOB_HELD, REASON_KEPT, 1), PAPER_NONE_CAME); /* counted once */
    assert_int_equal(a->state, JOB_HELD);
    assert_int_equal(a->reason, REASON_KEPT);
    assert_int_equal(s->sent_len, 2);                                               /* the next one's turn */
    assert_int_equal(report(s, a, s->orders[0], JOB_DELIVERED, REASON_NONE, 1), 0); /* another last word */
    assert_int_equal(a->state, JOB_HELD);
    report(s, b, s->orders[1], JOB_DELIVERED, REASON_NONE, 1);
    assert_int_equal(release_at(s, a, &lobby), OK);
    assert_int_equal(s->kept, 0);
    assert_int_equal(report(s, a, s->orders[2], JOB_DELIVERED, REASON_NONE, 1), 1);
}

/* Each of its reports but the last may be lost; an older order's word is no news. */
static void a_kept_job_is_held_wherever_it_was_thought_to_be(void **state)
{
    static const enum job_state before[] = {JOB_HELD, JOB_ORDERED, JOB_DELIVERING, JOB_UNKNOWN, JOB_FAILED};
    struct stage *s = *state;

    for (uint32_t i = 0; i < sizeof before / sizeof *before; i++) {
        struct job *a = add_job(s->index, 10 + i, 100, "alice");

        release_at(s, a, &lobby);
        a->state = before[i];
        report(s, a, a->order, JOB_HELD, REASON_KEPT, 1);
        assert_int_equal(a->state, JOB_HELD);
        assert_int_equal(a->reason, REASON_KEPT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_reports_without_end_and_gets_nowhere_loses_the_turn_and_says_so, make, end),
        cmocka_unit_test_setup_teardown(a_trickle_of_bytes_lasts_no_longer_than_a_turn, make, end),
        cmocka_unit_test_setup_teardown(what_ends_after_its_turn_is_still_believed, make, end),
        cmocka_unit_test_setup_teardown(a_kept_job_is_held_and_may_be_released_again, make, end),
        cmocka_unit_test_setup_teardown(a_kept_job_is_held_wherever_it_was_thought_to_be, make, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
