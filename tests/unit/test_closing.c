/* SPDX-License-Identifier: Apache-2.0 */
/* closing: a job that ended is closed and its origin told, however long the keyholder or the origin is away. */
#include "devicescout/jobs/closing.h"

#include "tests/unit/jobs_fixture.h"
#include "tests/unit/played_clock.h"

struct stage {
    struct loop *loop;
    struct closing *closing;
    enum err closes, sends;
    int asked, sent, cancelled;
    link_ack_fn *on_ack;
    void *ack_arg;
    struct id message;
};

static enum err close_job(void *arg, const struct closing_want *want, uint8_t record[static CLOSED_LEN])
{
    struct stage *s = arg;

    s->asked++;
    memset(record, want->reason, CLOSED_LEN);
    return s->closes;
}

static enum err send(void *arg, struct id node, const uint8_t record[static CLOSED_LEN], link_ack_fn *on_ack,
                     void *ack_arg, struct id *message)
{
    struct stage *s = arg;

    (void)node;
    if (s->sends != OK)
        return s->sends;
    assert_int_equal(record[0], CLOSED_CANCELED);
    s->sent++;
    s->on_ack = on_ack;
    s->ack_arg = ack_arg;
    *message = s->message = id_of(50 + (uint32_t)s->sent);
    return OK;
}

static void cancel(void *arg, struct id message)
{
    struct stage *s = arg;

    (void)message;
    s->cancelled++;
}

static int make(void **state)
{
    static struct stage s;
    struct closing_opts opts = {.close = close_job, .send = send, .cancel = cancel, .arg = &s, .retry_ms = 5};

    memset(&s, 0, sizeof s);
    played_clock.step_ms = 1;
    if (loop_new(&s.loop) != OK)
        return -1;
    opts.loop = s.loop;
    *state = &s;
    return closing_new(&opts, &s.closing) == OK ? 0 : -1;
}

static int end(void **state)
{
    struct stage *s = *state;

    closing_free(s->closing);
    loop_free(s->loop);
    return 0;
}

static void start(struct stage *s, uint32_t job)
{
    const struct closing_want want = {.job = id_of(job), .node = id_of(100), .reason = CLOSED_CANCELED};

    assert_int_equal(closing_start(s->closing, &want), OK);
}

static void stop(void *loop)
{
    loop_stop(loop);
}

static void a_keyholder_that_is_away_is_asked_until_it_is_back(void **state)
{
    struct stage *s = *state;

    s->closes = ERR_UNREACHABLE;
    start(s, 1);
    assert_int_equal(s->sent, 0);
    assert_true(closing_has(s->closing, id_of(1)));
    s->closes = OK;
    assert_int_equal(loop_after(s->loop, 15, stop, s->loop, NULL), OK);
    assert_int_equal(loop_run(s->loop), OK);
    assert_int_equal(s->sent, 1);
}

static void a_keyholder_that_takes_no_more_now_is_asked_again_and_for_one_job_at_a_time(void **state)
{
    struct stage *s = *state;

    s->closes = ERR_LIMIT;
    start(s, 1), start(s, 2);
    s->asked = 0;
    assert_int_equal(loop_after(s->loop, 8, stop, s->loop, NULL), OK);
    assert_int_equal(loop_run(s->loop), OK);
    assert_int_equal(s->asked, 1);
    s->closes = OK;
    assert_int_equal(loop_after(s->loop, 20, stop, s->loop, NULL), OK);
    assert_int_equal(loop_run(s->loop), OK);
    assert_int_equal(s->sent, 2);
}

static void a_keyholder_that_refuses_ends_it(void **state)
{
    struct stage *s = *state;

    s->closes = ERR_REFUSED;
    start(s, 1);
    assert_int_equal(closing_count(s->closing), 0);
    assert_int_equal(s->sent, 0);
}

static void an_origin_that_is_not_known_yet_is_told_when_it_is(void **state)
{
    struct stage *s = *state;

    s->sends = ERR_NOTFOUND;
    start(s, 1);
    s->sends = OK;
    closing_node_up(s->closing, id_of(101));
    assert_int_equal(s->sent, 0);
    closing_node_up(s->closing, id_of(100));
    assert_int_equal(s->sent, 1);
    closing_node_up(s->closing, id_of(100)); /* it is on its way already */
    assert_int_equal(s->sent, 1);
    assert_int_equal(s->asked, 1);
}

static void the_acknowledgement_ends_it_and_another_one_does_not(void **state)
{
    struct stage *s = *state;

    start(s, 1);
    s->on_ack(s->ack_arg, id_of(1), OK);
    assert_true(closing_has(s->closing, id_of(1)));
    s->on_ack(s->ack_arg, s->message, OK);
    assert_false(closing_has(s->closing, id_of(1)));
    assert_int_equal(s->cancelled, 0);
}

static void a_job_is_closed_once(void **state)
{
    struct stage *s = *state;

    start(s, 1);
    start(s, 1);
    assert_int_equal(s->asked, 1);
    assert_int_equal(closing_count(s->closing), 1);
}

static void after_a_restart_the_origin_is_told_without_asking_again(void **state)
{
    struct stage *s = *state;
    uint8_t record[CLOSED_LEN];

    memset(record, CLOSED_CANCELED, sizeof record);
    closing_restore(s->closing, id_of(1), id_of(100), record);
    assert_true(closing_has(s->closing, id_of(1)));
    closing_node_up(s->closing, id_of(100));
    assert_int_equal(s->asked, 0);
    assert_int_equal(s->sent, 1);
}

static void a_revoked_origin_is_told_nothing_any_more(void **state)
{
    struct stage *s = *state;

    start(s, 1);
    closing_node_gone(s->closing, id_of(101));
    assert_true(closing_has(s->closing, id_of(1)));
    closing_node_gone(s->closing, id_of(100));
    assert_false(closing_has(s->closing, id_of(1)));
    assert_int_equal(s->cancelled, 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, make, end)
    const struct CMUnitTest tests[] = {
        T(a_keyholder_that_is_away_is_asked_until_it_is_back),
        T(a_keyholder_that_takes_no_more_now_is_asked_again_and_for_one_job_at_a_time),
        T(a_keyholder_that_refuses_ends_it),
        T(an_origin_that_is_not_known_yet_is_told_when_it_is),
        T(the_acknowledgement_ends_it_and_another_one_does_not),
        T(a_job_is_closed_once),
        T(a_revoked_origin_is_told_nothing_any_more),
        T(after_a_restart_the_origin_is_told_without_asking_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
