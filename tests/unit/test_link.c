/* SPDX-License-Identifier: Apache-2.0 */
/* A courier and a device scout talk over a relay in memory that misbehaves. */
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/fake_relay.h"
#include "tests/unit/proto_fixture.h"
#include "tests/unit/scratch.h"

#define MESSAGES 10000

static const struct bulletin_relay RELAY = {.url = "https://relay.example:4322", .pin = {7}};

struct side { /* one end of the link, and what it saw */
    struct world *world;
    const struct node_keys *keys;
    struct link *link;
    struct scratch *state;
    unsigned handed[MESSAGES]; /* by the number in the body */
    size_t handed_len, acked_len, refused_len;
    unsigned next; /* to send */
    unsigned ups;
    enum err answer; /* what on_message says */
    enum err last_result;
    uint64_t last_seen;
};

struct world {
    struct fixture *fixture;
    struct loop *loop;
    struct side courier, scout;
    int (*is_over)(const struct world *w);
    int timed_out;
    enum message_type type; /* what the courier sends */
};

static enum err find_peer(void *arg, const struct message *m, struct link_peer *out)
{
    const struct side *s = arg;
    const struct fixture *f = s->world->fixture;
    const struct node_keys *k = id_equal(m->sender, f->scout->node) ? f->scout : f->courier;

    out->node = k->node;
    memcpy(out->sign_public, k->sign_public, KEY_LEN);
    memcpy(out->box_public, k->box_public, KEY_LEN);
    return id_equal(m->sender, k->node) ? OK : ERR_NOTFOUND;
}

static void look(struct world *w)
{
    if (w->is_over(w))
        loop_stop(w->loop);
}

static enum err on_message(void *arg, const struct message *m, const struct link_peer *from)
{
    struct side *s = arg;
    struct rbuf b = rbuf_of(m->body, m->body_len);
    uint32_t n;

    assert_true(id_equal(from->node, m->sender));
    assert_int_equal(rbuf_u32(&b, &n), OK);
    assert_true(n < MESSAGES);
    s->handed[n]++;
    s->handed_len++;
    s->last_seen = m->seen;
    look(s->world);
    return s->answer;
}

static void on_connection(void *arg, const char *relay_url, int up)
{
    struct side *s = arg;

    assert_string_equal(relay_url, RELAY.url);
    s->ups += up != 0;
    look(s->world);
}

static void side_start(struct world *w, struct side *s, const struct node_keys *keys, const uint8_t *certificate)
{
    const struct link_opts opts = {.loop = w->loop,
                                   .keys = keys,
                                   .certificate = certificate,
                                   .site_public = w->fixture->site_public,
                                   .state_dir = s->state->fd,
                                   .find_peer = find_peer,
                                   .on_message = on_message,
                                   .on_connection = on_connection,
                                   .arg = s};

    s->world = w;
    s->keys = keys;
    assert_int_equal(link_new_with(&opts, &fake_relay_ops, &s->link), OK);
    assert_int_equal(link_set_relays(s->link, &RELAY, 1), OK);
}

static int world_new(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    if (w == NULL || fixture_new((void **)&w->fixture) != 0 || loop_new(&w->loop) != OK ||
        scratch_new((void **)&w->courier.state) != 0 || scratch_new((void **)&w->scout.state) != 0)
        return -1;
    w->type = MSG_ANNOUNCE;
    *state = w;
    return 0;
}

static void world_start(struct world *w, const struct fake_malice *malice)
{
    fake_relay_start(malice);
    side_start(w, &w->courier, w->fixture->courier, w->fixture->courier_certificate);
    side_start(w, &w->scout, w->fixture->scout, w->fixture->scout_certificate);
}

static int world_free(void **state)
{
    struct world *w = *state;

    link_free(w->courier.link);
    link_free(w->scout.link);
    fake_relay_end();
    loop_free(w->loop);
    scratch_free((void **)&w->courier.state);
    scratch_free((void **)&w->scout.state);
    fixture_free((void **)&w->fixture);
    free(w);
    return 0;
}

static void time_out(void *arg)
{
    struct world *w = arg;

    w->timed_out = 1;
    loop_stop(w->loop);
}

/* Let the loop run until is_over, or until it is clear that this will not be. */
static void run_until(struct world *w, int (*is_over)(const struct world *))
{
    uint64_t timer;

    w->is_over = is_over;
    if (is_over(w))
        return;
    assert_int_equal(loop_after(w->loop, 150000, time_out, w, &timer), OK);
    assert_int_equal(loop_run(w->loop), OK);
    loop_cancel(w->loop, timer);
    assert_false(w->timed_out);
}

static void send_next(struct side *s);

static void on_ack(void *arg, struct id message, enum err result)
{
    struct side *s = arg;

    (void)message;
    s->acked_len++;
    s->refused_len += result != OK;
    s->last_result = result;
    if (s->next < MESSAGES && s->handed_len == 0) /* only who sends has a number to go on with */
        send_next(s);
    look(s->world);
}

static enum err send_number(struct side *s, enum message_type type, uint32_t number, link_ack_fn *fn, struct id *out)
{
    const struct fixture *f = s->world->fixture;
    const struct node_keys *k = s->keys == f->scout ? f->courier : f->scout;
    struct link_peer to = {.node = k->node};
    uint8_t body[4];
    struct wbuf b = wbuf_of(body, sizeof body);

    memcpy(to.sign_public, k->sign_public, KEY_LEN);
    memcpy(to.box_public, k->box_public, KEY_LEN);
    assert_int_equal(wbuf_u32(&b, number), OK);
    return link_send(s->link, &to, type, body, sizeof body, fn, s, out);
}

static void send_next(struct side *s)
{
    uint32_t number = s->next++;

    assert_int_equal(send_number(s, s->world->type, number, on_ack, NULL), OK);
}

static int all_acknowledged(const struct world *w)
{
    return w->courier.acked_len == MESSAGES;
}

static void over_a_relay_that_drops_doubles_and_reorders_each_of_10000_messages_is_handed_over_once(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){.drop = 50, .twice = 10, .reorder = 5, .break_stream = 4000});
    while (w->courier.next < 1500) /* many more than may be under way: the rest waits */
        send_next(&w->courier);
    run_until(w, all_acknowledged);
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

    assert_int_equal(send_number(&w->courier, MSG_ANNOUNCE, 99, on_ack, NULL), OK);
}

static void what_a_relay_replays_is_not_handed_over_again(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    w->courier.next = MESSAGES; /* no more than this one */
    assert_int_equal(send_number(&w->courier, MSG_ANNOUNCE, 7, on_ack, NULL), OK);
    run_until(w, one_acknowledged);
    for (int i = 0; i < 10; i++)
        fake_relay_replay(w->fixture->scout->node);
    w->courier.acked_len = 0;
    send_flag(w); /* comes behind the repeats */
    run_until(w, one_acknowledged);
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
    assert_int_equal(send_number(&w->courier, MSG_ANNOUNCE, 3, on_ack, NULL), OK);
    run_until(w, two_handed);
    assert_int_equal(w->courier.acked_len, 0);
    w->scout.answer = OK;
    run_until(w, one_acknowledged);
    assert_int_equal(w->courier.last_result, OK);
}

static void a_refusal_reaches_the_sender_and_ends_the_repeating(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    w->courier.next = MESSAGES;
    w->scout.answer = ERR_REFUSED;
    assert_int_equal(send_number(&w->courier, MSG_GONE, 4, on_ack, NULL), OK);
    run_until(w, one_acknowledged);
    assert_int_equal(w->courier.last_result, ERR_REFUSED);
    assert_int_equal(w->scout.handed[4], 1);
    w->courier.acked_len = 0;
    assert_int_equal(send_number(&w->courier, MSG_ORDER, 5, on_ack, NULL),
                     OK); /* of a type that is answered, not acknowledged */
    run_until(w, one_acknowledged);
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
    assert_int_equal(send_number(&w->courier, MSG_ORDER, 5, on_ack, &message), OK);
    link_cancel(w->courier.link, message);
    link_cancel(w->courier.link, message); /* unknown by now, and no harm */
    fake_relay_reachable(1);
    assert_int_equal(send_number(&w->courier, MSG_ORDER, 100, NULL, NULL), OK);
    run_until(w, has_100_handed);
    assert_int_equal(w->courier.acked_len, 0);
}

static void what_was_sent_while_the_relay_was_away_arrives_when_it_is_back(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    run_until(w, both_up);
    fake_relay_reachable(0);
    w->courier.next = MESSAGES;
    assert_int_equal(send_number(&w->courier, MSG_ANNOUNCE, 6, on_ack, NULL), OK);
    fake_relay_reachable(1);
    run_until(w, one_acknowledged);
    assert_int_equal(w->scout.handed[6], 1);
}

static void a_relay_that_lost_all_and_counts_from_one_again_hides_nothing(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    for (uint32_t i = 0; i < 50; i++)
        assert_int_equal(send_number(&w->courier, MSG_LIST, i, NULL, NULL), OK);
    w->courier.next = MESSAGES;
    send_flag(w);
    run_until(w, one_acknowledged);
    fake_relay_lose_all();
    w->courier.acked_len = 0;
    assert_int_equal(send_number(&w->courier, MSG_ANNOUNCE, 200, on_ack, NULL), OK);
    run_until(w, one_acknowledged);
    assert_int_equal(w->scout.handed[200], 1);
}

static void a_restarted_sender_counts_above_all_that_it_used(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    w->courier.next = MESSAGES;
    assert_int_equal(send_number(&w->courier, MSG_ANNOUNCE, 1, on_ack, NULL), OK);
    run_until(w, one_acknowledged);
    link_free(w->courier.link);
    w->courier.acked_len = 0;
    side_start(w, &w->courier, w->fixture->courier, w->fixture->courier_certificate);
    assert_int_equal(send_number(&w->courier, MSG_ANNOUNCE, 2, on_ack, NULL), OK);
    run_until(w, one_acknowledged);
    assert_int_equal(w->scout.handed[2], 1);
}

static void a_sender_whose_state_was_set_back_is_told_and_goes_on_above(void **state)
{
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    w->courier.next = MESSAGES;
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(send_number(&w->courier, MSG_LIST, i, NULL, NULL), OK);
    send_flag(w);
    run_until(w, one_acknowledged);
    link_free(w->courier.link);
    assert_int_equal(unlinkat(w->courier.state->fd, "sequence", 0), 0); /* an old backup, from before the first start */
    w->courier.acked_len = 0;
    side_start(w, &w->courier, w->fixture->courier, w->fixture->courier_certificate);
    assert_int_equal(send_number(&w->courier, MSG_ANNOUNCE, 300, on_ack, NULL), OK); /* sequence 1 again */
    run_until(w, one_acknowledged);
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
    while (n < MESSAGES && (e = send_number(&w->courier, MSG_ANNOUNCE, 0, on_ack, NULL)) == OK)
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
    run_until(w, both_up); /* a connection that comes up repeats all that is not acknowledged */
    assert_int_equal(send_number(&w->courier, MSG_SYNC, 1, on_ack, NULL), OK);
    assert_int_equal(send_number(&w->courier, MSG_LIST, 2, on_ack, NULL), OK);
    assert_int_equal(send_number(&w->courier, MSG_ORDER, 3, on_ack, NULL), OK);
    send_flag(w);
    run_until(w, one_acknowledged);
    assert_int_equal(w->scout.handed_len, 4);
    assert_int_equal(w->courier.acked_len, 1);
}

static void an_order_or_sync_that_comes_again_is_answered_again_but_a_flood_of_them_is_not(void **state)
{
    static const enum message_type types[] = {MSG_SYNC, MSG_ORDER};
    struct world *w = *state;

    world_start(w, &(struct fake_malice){0});
    w->courier.next = MESSAGES;
    run_until(w, both_up);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(send_number(&w->courier, types[i], i, NULL, NULL), OK); /* the answer is not acknowledged */
        send_flag(w);
        run_until(w, one_acknowledged);
        w->courier.acked_len = 0;
        assert_int_equal(w->scout.handed[i], 1);
    }
    for (int i = 0; i < 10; i++)
        fake_relay_replay(w->fixture->scout->node);
    assert_int_equal(send_number(&w->courier, MSG_ANNOUNCE, 100, on_ack, NULL), OK); /* comes behind the repeats */
    run_until(w, has_100_handed);
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
    run_until(w, never); /* count_job ends it */
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
        assert_int_equal(send_number(&w->courier, MSG_LIST, i, NULL, NULL), OK);
    send_flag(w);
    run_until(w, one_acknowledged);
    check_mailbox(w);
    run_until(w, mailbox_is_empty);
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
