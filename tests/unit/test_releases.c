/* SPDX-License-Identifier: Apache-2.0 */
/* releases: whatever keyholder, courier and printer do, each job ends as printed, as held, or as not known, and the
 * next one in line has its turn. */
#include "tests/unit/releases_stage.h"

static void jobs_go_to_one_printer_one_after_another(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice"), *b = add_job(s->index, 2, 100, "alice");

    assert_int_equal(release_at(s, a, &lobby), OK);
    assert_int_equal(release_at(s, b, &lobby), OK);
    assert_int_equal(s->sent_len, 1);
    report(s, a, s->orders[0], JOB_ORDERED, REASON_NONE, 0);
    report(s, a, s->orders[0], JOB_DELIVERING, REASON_NONE, 0);
    assert_int_equal(s->sent_len, 1);
    assert_true(b->waiting);
    assert_int_equal(report(s, a, s->orders[0], JOB_DELIVERED, REASON_NONE, 1), 1);
    assert_int_equal(s->sent_len, 2);
    assert_true(releases_printer_is_busy(s->releases, lobby.id));
    assert_int_equal(report(s, b, s->orders[1], JOB_DELIVERED, REASON_NONE, 1), 1);
    assert_false(releases_printer_is_busy(s->releases, lobby.id));
}

static void two_printers_do_not_wait_for_each_other(void **state)
{
    struct stage *s = *state;

    assert_int_equal(release_at(s, add_job(s->index, 1, 100, "alice"), &lobby), OK);
    assert_int_equal(release_at(s, add_job(s->index, 2, 100, "alice"), &hall), OK);
    assert_int_equal(s->sent_len, 2);
}

static void a_job_is_released_once_however_often_it_is_asked_for(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice");

    assert_int_equal(release_at(s, a, &lobby), OK);
    assert_int_equal(release_at(s, a, &lobby), ERR_STATE);
    assert_int_equal(release_at(s, a, &hall), ERR_STATE);
    assert_int_equal(s->grants, 1);
    report(s, a, s->orders[0], JOB_DELIVERED, REASON_NONE, 1);
    assert_int_equal(release_at(s, a, &lobby), ERR_STATE);
}

static void a_job_that_no_list_confirmed_is_not_released(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice");

    a->confirmed = 0;
    assert_int_equal(release_at(s, a, &lobby), ERR_STATE);
    assert_int_equal(s->grants, 0);
}

static void a_computer_that_does_not_answer_is_named_and_the_job_held(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice"), *b = add_job(s->index, 2, 100, "alice"),
               *c = add_job(s->index, 3, 101, "alice"), *d = add_job(s->index, 4, 100, "bob");

    release_at(s, a, &lobby), release_at(s, b, &lobby), release_at(s, c, &lobby), release_at(s, d, &lobby);
    pass(s, 40);
    assert_int_equal(a->state, JOB_HELD);
    assert_int_equal(a->note, NOTE_COMPUTER_OFF);
    assert_int_equal(b->note, NOTE_COMPUTER_OFF); /* on the same computer: not tried */
    assert_true(c->waiting);                      /* on another: its turn now */
    assert_int_equal(s->sent_len, 2);
    assert_true(id_equal(s->cancelled[0], s->messages[0]));
}

static void a_report_that_comes_late_is_still_believed(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice");

    release_at(s, a, &lobby);
    pass(s, 40);
    assert_int_equal(a->note, NOTE_COMPUTER_OFF);
    assert_int_equal(report(s, a, s->orders[0], JOB_DELIVERED, REASON_NONE, 1), 1);
    assert_int_equal(a->state, JOB_DELIVERED);
}

static void a_stale_hello_is_asked_for_and_granted_once_more(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice");

    s->granted = ERR_STALE;
    assert_int_equal(release_at(s, a, &lobby), OK);
    assert_int_equal(s->hellos_asked, 1);
    assert_true(a->waiting);
    s->granted = OK;
    releases_hello(s->releases, id_of(101)); /* somebody else's */
    assert_int_equal(s->sent_len, 0);
    releases_hello(s->releases, id_of(100));
    assert_int_equal(s->sent_len, 1);
}

static void a_hello_that_stays_stale_is_not_asked_for_for_ever(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice");

    s->granted = ERR_STALE;
    release_at(s, a, &lobby);
    releases_hello(s->releases, id_of(100));
    assert_int_equal(s->hellos_asked, 1);
    assert_int_equal(a->note, NOTE_REFUSED);
    assert_false(a->waiting);
}

static void a_computer_that_says_no_hello_is_off(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice");

    s->granted = ERR_STALE;
    release_at(s, a, &lobby);
    pass(s, 30);
    assert_int_equal(a->note, NOTE_COMPUTER_OFF);
}

static void an_order_refused_for_its_hello_waits_for_the_next_one(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice");

    release_at(s, a, &lobby);
    s->granted = ERR_STALE; /* until the hello that comes with the refusal is there */
    report(s, a, s->orders[0], JOB_FAILED, REASON_HELLO_STALE, 1);
    assert_int_equal(s->sent_len, 1);
    assert_true(a->waiting);
    s->granted = OK;
    releases_hello(s->releases, id_of(100));
    assert_int_equal(s->sent_len, 2);
}

static void an_order_refused_for_its_hello_is_granted_once_more(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice");

    release_at(s, a, &lobby);
    report(s, a, s->orders[0], JOB_FAILED, REASON_HELLO_STALE, 1);
    assert_int_equal(s->sent_len, 2);
    assert_true(a->waiting);
    report(s, a, s->orders[1], JOB_FAILED, REASON_HELLO_STALE, 1);
    assert_int_equal(s->sent_len, 2);
    assert_false(a->waiting);
    assert_int_equal(a->reason, REASON_HELLO_STALE);
}

static void a_printer_in_trouble_stops_the_rest_of_that_persons_release(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice"), *b = add_job(s->index, 2, 100, "alice"),
               *c = add_job(s->index, 3, 100, "bob");

    release_at(s, a, &lobby), release_at(s, b, &lobby), release_at(s, c, &lobby);
    report(s, a, s->orders[0], JOB_FAILED, REASON_CERTIFICATE_CHANGED, 1);
    assert_int_equal(b->state, JOB_HELD);
    assert_int_equal(b->note, NOTE_NOT_TRIED);
    assert_int_equal(b->reason, REASON_CERTIFICATE_CHANGED);
    assert_int_equal(s->sent_len, 2); /* bob's turn: he finds out for himself */
    assert_true(c->waiting);
}

static void a_job_with_a_fault_of_its_own_does_not_stop_the_next(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice"), *b = add_job(s->index, 2, 100, "alice");

    release_at(s, a, &lobby), release_at(s, b, &lobby);
    report(s, a, s->orders[0], JOB_FAILED, REASON_FORMAT_NOT_SUPPORTED, 1);
    assert_int_equal(s->sent_len, 2);
    assert_true(b->waiting);
}

static void a_courier_that_falls_silent_frees_the_printer_and_leaves_the_job_unknown(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice"), *b = add_job(s->index, 2, 101, "bob");

    release_at(s, a, &lobby), release_at(s, b, &lobby);
    report(s, a, s->orders[0], JOB_DELIVERING, REASON_NONE, 0);
    pass(s, 70);
    assert_int_equal(a->state, JOB_UNKNOWN);
    assert_int_equal(s->sent_len, 2);
}

static void what_the_keyholder_refuses_stays_held_with_the_reason(void **state)
{
    static const struct {
        enum err error;
        enum job_note note;
    } cases[] = {{ERR_LIMIT, NOTE_TOO_MANY},       {ERR_STATE, NOTE_BUSY},      {ERR_UNREACHABLE, NOTE_NO_KEYHOLDER},
                 {ERR_TIMEOUT, NOTE_NO_KEYHOLDER}, {ERR_REFUSED, NOTE_REFUSED}, {ERR_AUTH, NOTE_REFUSED}};
    struct stage *s = *state;

    for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct job *j = add_job(s->index, i, 100, "alice");

        s->granted = cases[i].error;
        assert_int_equal(release_at(s, j, &lobby), OK);
        assert_int_equal(j->note, cases[i].note);
        assert_int_equal(j->state, JOB_HELD);
        assert_false(j->waiting);
    }
    assert_int_equal(s->sent_len, 0);
    assert_false(releases_printer_is_busy(s->releases, lobby.id));
}

static void a_hostile_ticket_is_refused_before_any_grant(void **state)
{
    static uint8_t ipp[] = {0x44, 0xff, 0xff};
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice");
    struct ticket t = ticket_of("x", 1);

    memcpy(t.ipp, ipp, sizeof ipp);
    t.ipp_len = sizeof ipp;
    assert_int_equal(index_describe(s->index, a, "alice", "alice", &t), OK);
    release_at(s, a, &lobby);
    assert_int_equal(s->grants, 0);
    assert_int_equal(a->note, NOTE_REFUSED);
}

static void a_job_in_line_can_be_taken_back_and_one_on_its_way_cannot(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice"), *b = add_job(s->index, 2, 100, "alice"),
               *c = add_job(s->index, 3, 100, "alice");

    release_at(s, a, &lobby), release_at(s, b, &lobby);
    assert_int_equal(releases_withdraw(s->releases, a, NULL), ERR_STATE);
    assert_int_equal(releases_withdraw(s->releases, b, NULL), OK);
    assert_int_equal(releases_withdraw(s->releases, c, NULL), ERR_NOTFOUND);
    assert_false(b->waiting);
    report(s, a, s->orders[0], JOB_DELIVERED, REASON_NONE, 1);
    assert_int_equal(s->sent_len, 1);
}

static void a_job_that_leaves_makes_room_in_line(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice"), *b = add_job(s->index, 2, 100, "alice");

    release_at(s, a, &lobby), release_at(s, b, &lobby);
    releases_forget(s->releases, a);
    index_remove(s->index, a);
    assert_int_equal(s->sent_len, 2);
    assert_int_equal(s->cancelled_len, 1);
    pass(s, 40); /* the timer of the one that left is gone with it */
    assert_int_equal(b->note, NOTE_COMPUTER_OFF);
}

static void a_courier_that_refuses_the_message_ends_the_release(void **state)
{
    struct stage *s = *state;
    struct job *a = add_job(s->index, 1, 100, "alice");

    release_at(s, a, &lobby);
    releases_order_refused(s->releases, id_of(9)); /* of something else */
    assert_true(a->waiting);
    releases_order_refused(s->releases, s->messages[0]);
    assert_false(a->waiting);
    assert_int_equal(a->reason, REASON_ORDER_REFUSED);
}

static void fifty_jobs_are_one_gesture_and_come_in_order(void **state)
{
    struct stage *s = *state;
    struct job *jobs[50];

    for (uint32_t i = 0; i < 50; i++) {
        jobs[i] = add_job(s->index, i, 100, "alice");
        assert_int_equal(release_at(s, jobs[i], &lobby), OK);
    }
    for (uint32_t i = 0; i < 50; i++) {
        assert_int_equal(s->sent_len, i + 1);
        assert_int_equal(report(s, jobs[i], s->orders[i], JOB_DELIVERED, REASON_NONE, 1), 1);
    }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, make, end)
    const struct CMUnitTest tests[] = {
        T(jobs_go_to_one_printer_one_after_another),
        T(two_printers_do_not_wait_for_each_other),
        T(a_job_is_released_once_however_often_it_is_asked_for),
        T(a_job_that_no_list_confirmed_is_not_released),
        T(a_computer_that_does_not_answer_is_named_and_the_job_held),
        T(a_report_that_comes_late_is_still_believed),
        T(a_stale_hello_is_asked_for_and_granted_once_more),
        T(a_hello_that_stays_stale_is_not_asked_for_for_ever),
        T(a_computer_that_says_no_hello_is_off),
        T(an_order_refused_for_its_hello_waits_for_the_next_one),
        T(an_order_refused_for_its_hello_is_granted_once_more),
        T(a_printer_in_trouble_stops_the_rest_of_that_persons_release),
        T(a_job_with_a_fault_of_its_own_does_not_stop_the_next),
        T(a_courier_that_falls_silent_frees_the_printer_and_leaves_the_job_unknown),
        T(what_the_keyholder_refuses_stays_held_with_the_reason),
        T(a_hostile_ticket_is_refused_before_any_grant),
        T(a_job_in_line_can_be_taken_back_and_one_on_its_way_cannot),
        T(a_job_that_leaves_makes_room_in_line),
        T(a_courier_that_refuses_the_message_ends_the_release),
        T(fifty_jobs_are_one_gesture_and_come_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
