/* SPDX-License-Identifier: Apache-2.0 */
/* A courier and a device scout talk over a relay in memory that misbehaves. */
#include <stdatomic.h>
#include <unistd.h>

#include "tests/unit/link_world.h"

static int all_acknowledged(const struct world *w)
{
    return w->courier.acked_len == MESSAGES;
}

static void over_a_relay_that_drops_doubles_and_reorders_each_of_10000_messages_is_handed_over_once(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){.drop = 50, .twice = 10, .reorder = 5, .break_stream = 4000});
    while (w->courier.next < 1500) /* many more than may be under way: the rest waits */
        side_send_next(&w->courier);
    world_run_until(w, all_acknowledged);
    assert_int_equal(w->scout.handed_len, MESSAGES);
    for (size_t i = 0; i < MESSAGES; i++)
        assert_int_equal(w->scout.handed[i], 1);
    assert_int_equal(w->courier.refused_len, 0);
    assert_true(fake_relay_appended(w->fixture->scout->node) > MESSAGES); /* the relay did drop, and they came again */
}

static int one_acknowledged(const struct world *w)
{
    return w->courier.acked_len >= 1;
}

static int both_up(const struct world *w)
{
    return w->courier.ups > 0 && w->scout.ups > 0;
}

static void send_flag(void *arg)
{
    struct world *w = arg;

    assert_int_equal(side_send(&w->courier, MSG_ANNOUNCE, 99, side_on_ack, NULL), OK);
}

static void what_a_relay_replays_is_not_handed_over_again(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    w->courier.next = MESSAGES; /* no more than this one */
    assert_int_equal(side_send(&w->courier, MSG_ANNOUNCE, 7, side_on_ack, NULL), OK);
    world_run_until(w, one_acknowledged);
    for (int i = 0; i < 10; i++)
        fake_relay_replay(w->fixture->scout->node);
    w->courier.acked_len = 0;
    send_flag(w); /* comes behind the repeats */
    world_run_until(w, one_acknowledged);
    assert_int_equal(w->scout.handed[7], 1);
    assert_int_equal(w->scout.handed[99], 1);
}

static int two_handed(const struct world *w)
{
    return w->scout.handed_len >= 2;
}

static void a_message_that_failed_for_the_moment_is_handed_over_again(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    w->courier.next = MESSAGES;
    w->scout.answer = ERR_IO;
    assert_int_equal(side_send(&w->courier, MSG_ANNOUNCE, 3, side_on_ack, NULL), OK);
    world_run_until(w, two_handed);
    assert_int_equal(w->courier.acked_len, 0);
    w->scout.answer = OK;
    world_run_until(w, one_acknowledged);
    assert_int_equal(w->courier.last_result, OK);
}

static void a_refusal_reaches_the_sender_and_ends_the_repeating(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    w->courier.next = MESSAGES;
    w->scout.answer = ERR_REFUSED;
    assert_int_equal(side_send(&w->courier, MSG_GONE, 4, side_on_ack, NULL), OK);
    world_run_until(w, one_acknowledged);
    assert_int_equal(w->courier.last_result, ERR_REFUSED);
    assert_int_equal(w->scout.handed[4], 1);
    w->courier.acked_len = 0;
    assert_int_equal(side_send(&w->courier, MSG_ORDER, 5, side_on_ack, NULL),
                     OK); /* of a type that is answered, not acknowledged */
    world_run_until(w, one_acknowledged);
    assert_int_equal(w->courier.last_result, ERR_REFUSED);
}

static int has_100_handed(const struct world *w)
{
    return w->scout.handed[100] > 0;
}

static void a_cancelled_message_is_not_sent_again_and_its_callback_not_called(void **state)
{
    struct world *w = *state;
    struct id message;

    world_start(w, &(struct fake_malice){0});
    fake_relay_reachable(0);
    w->courier.next = MESSAGES;
    assert_int_equal(side_send(&w->courier, MSG_ORDER, 5, side_on_ack, &message), OK);
    link_cancel(w->courier.link, message);
    link_cancel(w->courier.link, message); /* unknown by now, and no harm */
    fake_relay_reachable(1);
    assert_int_equal(side_send(&w->courier, MSG_ORDER, 100, NULL, NULL), OK);
    world_run_until(w, has_100_handed);
    assert_int_equal(w->courier.acked_len, 0);
}

static void what_was_sent_while_the_relay_was_away_arrives_when_it_is_back(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    world_run_until(w, both_up);
    fake_relay_reachable(0);
    w->courier.next = MESSAGES;
    assert_int_equal(side_send(&w->courier, MSG_ANNOUNCE, 6, side_on_ack, NULL), OK);
    fake_relay_reachable(1);
    world_run_until(w, one_acknowledged);
    assert_int_equal(w->scout.handed[6], 1);
}

static void a_relay_that_lost_all_and_counts_from_one_again_hides_nothing(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    for (uint32_t i = 0; i < 50; i++)
        assert_int_equal(side_send(&w->courier, MSG_LIST, i, NULL, NULL), OK);
    w->courier.next = MESSAGES;
    send_flag(w);
    world_run_until(w, one_acknowledged);
    fake_relay_lose_all();
    w->courier.acked_len = 0;
    assert_int_equal(side_send(&w->courier, MSG_ANNOUNCE, 200, side_on_ack, NULL), OK);
    world_run_until(w, one_acknowledged);
    assert_int_equal(w->scout.handed[200], 1);
}

static void a_restarted_sender_counts_above_all_that_it_used(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    w->courier.next = MESSAGES;
    assert_int_equal(side_send(&w->courier, MSG_ANNOUNCE, 1, side_on_ack, NULL), OK);
    world_run_until(w, one_acknowledged);
    link_free(w->courier.link);
    w->courier.acked_len = 0;
    side_start(w, &w->courier, w->fixture->courier, w->fixture->courier_certificate);
    assert_int_equal(side_send(&w->courier, MSG_ANNOUNCE, 2, side_on_ack, NULL), OK);
    world_run_until(w, one_acknowledged);
    assert_int_equal(w->scout.handed[2], 1);
}

static void a_sender_whose_state_was_set_back_is_told_and_goes_on_above(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    w->courier.next = MESSAGES;
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(side_send(&w->courier, MSG_LIST, i, NULL, NULL), OK);
    send_flag(w);
    world_run_until(w, one_acknowledged);
    link_free(w->courier.link);
    assert_int_equal(unlinkat(w->courier.state->fd, "sequence", 0), 0); /* an old backup, from before the first start */
    w->courier.acked_len = 0;
    side_start(w, &w->courier, w->fixture->courier, w->fixture->courier_certificate);
    assert_int_equal(side_send(&w->courier, MSG_ANNOUNCE, 300, side_on_ack, NULL), OK); /* sequence 1 again */
    world_run_until(w, one_acknowledged);
    assert_int_equal(w->scout.handed[300], 1);
}

static void more_waiting_messages_than_there_is_room_for_are_refused(void **state)
{
    struct world *w = *state;
    enum err e = OK;
    size_t n = 0;

    world_start(w, &(struct fake_malice){0});
    w->courier.next = MESSAGES;
    fake_relay_reachable(0);
    while (n < MESSAGES && (e = side_send(&w->courier, MSG_ANNOUNCE, 0, side_on_ack, NULL)) == OK)
        n++;
    assert_int_equal(e, ERR_FULL);
    assert_true(n > 8000);
}

static void a_body_beyond_the_limit_is_refused(void **state)
{
    static const uint8_t body[MESSAGE_BODY_MAX + 1];
    struct world *w = *state;
    struct link_peer to = {.node = w->fixture->scout->node};

    world_start(w, &(struct fake_malice){0});
    memcpy(to.box_public, w->fixture->scout->box_public, KEY_LEN);
    assert_int_equal(link_send(w->courier.link, &to, MSG_ANNOUNCE, body, sizeof body, NULL, NULL, NULL), ERR_LIMIT);
    assert_int_equal(link_send(w->courier.link, &to, MSG_ANNOUNCE, body, sizeof body - 1, NULL, NULL, NULL), OK);
}

static void what_is_answered_in_another_way_is_not_acknowledged(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    w->courier.next = MESSAGES;
    world_run_until(w, both_up); /* a connection that comes up repeats all that is not acknowledged */
    assert_int_equal(side_send(&w->courier, MSG_SYNC, 1, side_on_ack, NULL), OK);
    assert_int_equal(side_send(&w->courier, MSG_LIST, 2, side_on_ack, NULL), OK);
    assert_int_equal(side_send(&w->courier, MSG_ORDER, 3, side_on_ack, NULL), OK);
    send_flag(w);
    world_run_until(w, one_acknowledged);
    assert_int_equal(w->scout.handed_len, 4);
    assert_int_equal(w->courier.acked_len, 1);
}

static void an_order_or_sync_that_comes_again_is_answered_again_but_a_flood_of_them_is_not(void **state)
{
    static const enum message_type types[] = {MSG_SYNC, MSG_ORDER};
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    w->courier.next = MESSAGES;
    world_run_until(w, both_up);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(side_send(&w->courier, types[i], i, NULL, NULL), OK); /* the answer is not acknowledged */
        send_flag(w);
        world_run_until(w, one_acknowledged);
        w->courier.acked_len = 0;
        assert_int_equal(w->scout.handed[i], 1);
    }
    for (int i = 0; i < 10; i++)
        fake_relay_replay(w->fixture->scout->node);
    assert_int_equal(side_send(&w->courier, MSG_ANNOUNCE, 100, side_on_ack, NULL), OK); /* comes behind the repeats */
    world_run_until(w, has_100_handed);
    assert_int_equal(w->scout.handed[0] + w->scout.handed[1],
                     3);                      /* one of the repeats; the next could be in a second */
    assert_int_equal(w->scout.handed[99], 2); /* twice sent, twice handed over */
}

struct job_count {
    atomic_int with_relay;
    struct world *world;
};

static void on_job_done(void *arg)
{
    loop_stop(((struct world *)arg)->loop);
}

/* No assertion here, on the sender's thread: without the post the run would time out. */
static void count_job(void *job, struct relay *r)
{
    struct job_count *c = *(struct job_count **)job;

    c->with_relay += r != NULL;
    (void)!loop_post(c->world->loop, on_job_done, c->world);
    free(job);
}

static void *copy_pointer(const void *job)
{
    struct job_count **copy = malloc(sizeof *copy);

    if (copy != NULL)
        *copy = (struct job_count *)(uintptr_t)job;
    return copy;
}

static int never(const struct world *w)
{
    (void)w;
    return 0;
}

static void a_job_runs_once_for_each_relay_also_when_that_is_taken_away(void **state)
{
    struct world *w = *state;
    struct job_count c = {.world = w};

    world_start(w, &(struct fake_malice){0});
    assert_int_equal(link_each_relay(w->courier.link, count_job, copy_pointer, &c), OK);
    world_run_until(w, never); /* count_job ends it */
    assert_int_equal(c.with_relay, 1);
    assert_int_equal(link_each_relay(w->courier.link, count_job, copy_pointer, &c), OK);
    assert_int_equal(link_set_relays(w->courier.link, NULL, 0), OK);
    assert_int_equal(c.with_relay, 2);
    assert_int_equal(link_each_relay(w->courier.link, count_job, copy_pointer, &c), OK); /* no relay, no job */
    assert_int_equal(c.with_relay, 2);
}

static int mailbox_is_empty(const struct world *w)
{
    return fake_relay_waiting(w->fixture->scout->node) == 0;
}

static void check_mailbox(void *arg)
{
    struct world *w = arg;

    if (mailbox_is_empty(w))
        loop_stop(w->loop);
    else
        assert_int_equal(loop_after(w->loop, 20, check_mailbox, w, NULL), OK);
}

static void the_relay_is_told_what_it_may_forget(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    w->courier.next = MESSAGES;
    for (uint32_t i = 0; i < 200; i++)
        assert_int_equal(side_send(&w->courier, MSG_LIST, i, NULL, NULL), OK);
    send_flag(w);
    world_run_until(w, one_acknowledged);
    check_mailbox(w);
    world_run_until(w, mailbox_is_empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            over_a_relay_that_drops_doubles_and_reorders_each_of_10000_messages_is_handed_over_once, world_new,
            world_free),
        cmocka_unit_test_setup_teardown(what_a_relay_replays_is_not_handed_over_again, world_new, world_free),
        cmocka_unit_test_setup_teardown(a_message_that_failed_for_the_moment_is_handed_over_again, world_new,
                                        world_free),
        cmocka_unit_test_setup_teardown(a_refusal_reaches_the_sender_and_ends_the_repeating, world_new, world_free),
        cmocka_unit_test_setup_teardown(a_cancelled_message_is_not_sent_again_and_its_callback_not_called, world_new,
                                        world_free),
        cmocka_unit_test_setup_teardown(what_was_sent_while_the_relay_was_away_arrives_when_it_is_back, world_new,
                                        world_free),
        cmocka_unit_test_setup_teardown(a_relay_that_lost_all_and_counts_from_one_again_hides_nothing, world_new,
                                        world_free),
        cmocka_unit_test_setup_teardown(a_restarted_sender_counts_above_all_that_it_used, world_new, world_free),
        cmocka_unit_test_setup_teardown(a_sender_whose_state_was_set_back_is_told_and_goes_on_above, world_new,
                                        world_free),
        cmocka_unit_test_setup_teardown(more_waiting_messages_than_there_is_room_for_are_refused, world_new,
                                        world_free),
        cmocka_unit_test_setup_teardown(a_body_beyond_the_limit_is_refused, world_new, world_free),
        cmocka_unit_test_setup_teardown(what_is_answered_in_another_way_is_not_acknowledged, world_new, world_free),
        cmocka_unit_test_setup_teardown(an_order_or_sync_that_comes_again_is_answered_again_but_a_flood_of_them_is_not,
                                        world_new, world_free),
        cmocka_unit_test_setup_teardown(a_job_runs_once_for_each_relay_also_when_that_is_taken_away, world_new,
                                        world_free),
        cmocka_unit_test_setup_teardown(the_relay_is_told_what_it_may_forget, world_new, world_free),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
