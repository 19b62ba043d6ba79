/* SPDX-License-Identifier: Apache-2.0 */
/* gate: a hundred thousand guesses are few questions. Here nobody answers; tests/e2e/test_shared_courier.py has those
 * who do. */
#include "printscout/queue/gate.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "tests/unit/played_clock.h"
#include "tests/unit/queue_fixture.h"

#define GUESSES 100000

struct stage {
    struct queue_fixture *f;
    struct loop *loop;
    struct people *people;
    struct gate *gate;
    struct credentials *c;
    int courier;
    unsigned answers[8]; /* by outcome */
};

static void stop(void *arg)
{
    loop_stop(arg);
}

static void stop_in_the_next_round(void *arg)
{
    assert_int_equal(loop_post(arg, stop, arg), OK);
}

/* What was posted to the loop, and what its descriptors had to tell by then, is done: a round of the loop is whole
 * before the next begins. */
static void run(struct stage *s)
{
    assert_int_equal(loop_post(s->loop, stop_in_the_next_round, s->loop), OK);
    assert_int_equal(loop_run(s->loop), OK);
}

static int connect_courier(struct stage *s)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", s->f->scratch->path, QUESTION_SOCKET);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    run(s);
    return fd;
}

static int make(void **state)
{
    static struct stage s;
    void *f = NULL;

    memset(&s, 0, sizeof s);
    if (queue_fixture_new(&f) != 0)
        return -1;
    s.f = f;
    queue_fixture_node(s.f, "");
    queue_fixture_bulletin(s.f, clock_unix_ms() + DAY_MS, (struct id){{0}}, NULL);
    if (loop_new(&s.loop) != OK || people_new(s.f->queue.spool, &s.people) != OK || (s.c = credentials_new()) == NULL)
        return -1;
    if (gate_new(
            &(struct gate_opts){
                .loop = s.loop, .spool = s.f->queue.spool, .enrollment = s.f->queue.enrollment, .people = s.people},
            &s.gate) != OK)
        return -1;
    s.courier = connect_courier(&s);
    *state = &s;
    return 0;
}

static int end(void **state)
{
    struct stage *s = *state;
    void *f = s->f;

    gate_close(s->gate);
    gate_free(s->gate);
    people_free(s->people);
    credentials_free(s->c);
    loop_free(s->loop);
    close(s->courier);
    return queue_fixture_free(&f);
}

static void answered(void *arg, const struct gate_answer *a)
{
    struct stage *s = arg;

    s->answers[a->outcome]++;
}

static void ask(struct stage *s, const char *name, const char *password, const char *address)
{
    snprintf(s->c->name, sizeof s->c->name, "%s", name);
    snprintf(s->c->password, sizeof s->c->password, "%s", password);
    gate_ask(s->gate, s->c, address, answered, s);
}

static unsigned questions(struct stage *s)
{
    uint8_t packet[QUESTION_PACKET_LEN + 1];
    unsigned count = 0;

    run(s);
    while (recv(s->courier, packet, sizeof packet, MSG_DONTWAIT) == QUESTION_PACKET_LEN)
        count++;
    return count;
}

static void a_hundred_thousand_guesses_at_one_person_are_five_questions_and_one_more_later(void **state)
{
    struct stage *s = *state;
    char guess[32];

    for (int i = 0; i < GUESSES; i++) {
        snprintf(guess, sizeof guess, "guess %d", i);
        ask(s, i % 2 ? "alice" : "ALICE", guess, "192.0.2.7");
    }
    assert_int_equal(questions(s), 5);
    assert_int_equal(s->answers[ANSWER_TOO_OFTEN] + 5, GUESSES);
    played_clock.now_ms += 2000;
    ask(s, "alice", "a later guess", "192.0.2.7");
    ask(s, "alice", "a guess too many", "192.0.2.7");
    assert_int_equal(questions(s), 1);
}

static void a_hundred_thousand_names_from_one_place_are_ten_questions(void **state)
{
    struct stage *s = *state;
    char name[32], address[64];

    for (int i = 0; i < GUESSES; i++) {
        snprintf(name, sizeof name, "person%d", i);
        snprintf(address, sizeof address, "2001:db8:0:7:%x::%x", i % 65536, i % 250); /* one computer has them all */
        ask(s, name, "spring2026", address);
    }
    assert_int_equal(questions(s), 10);
    assert_int_equal(s->answers[ANSWER_TOO_OFTEN] + 10, GUESSES);
}

static void questions_under_way_are_bounded(void **state)
{
    struct stage *s = *state;
    char name[32], address[64];

    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "person%d", i);
        snprintf(address, sizeof address, "198.51.%d.%d", i / 200, i % 200);
        ask(s, name, "spring2026", address);
    }
    assert_int_equal(questions(s), QUESTIONS_MAX);
    assert_int_equal(s->answers[ANSWER_DOWN] + QUESTIONS_MAX, 1000);
}

static void the_same_password_asked_at_once_is_one_question_and_all_hear_when_the_courier_goes(void **state)
{
    struct stage *s = *state;

    for (int i = 0; i < 50; i++)
        ask(s, "alice", "right", "192.0.2.7");
    assert_int_equal(questions(s), 1);
    assert_int_equal(shutdown(s->courier, SHUT_RDWR), 0);
    run(s);
    assert_int_equal(s->answers[ANSWER_DOWN], 50);
    ask(s, "alice", "right", "192.0.2.7");
    run(s);
    assert_int_equal(s->answers[ANSWER_DOWN], 51);
}

static void after_the_close_everybody_hears_that_nobody_is_reached(void **state)
{
    struct stage *s = *state;

    ask(s, "alice", "right", "192.0.2.7");
    gate_close(s->gate);
    assert_int_equal(s->answers[ANSWER_DOWN], 1);
    ask(s, "bob", "right", "192.0.2.8");
    assert_int_equal(s->answers[ANSWER_DOWN], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_hundred_thousand_guesses_at_one_person_are_five_questions_and_one_more_later,
                                        make, end),
        cmocka_unit_test_setup_teardown(a_hundred_thousand_names_from_one_place_are_ten_questions, make, end),
        cmocka_unit_test_setup_teardown(questions_under_way_are_bounded, make, end),
        cmocka_unit_test_setup_teardown(
            the_same_password_asked_at_once_is_one_question_and_all_hear_when_the_courier_goes, make, end),
        cmocka_unit_test_setup_teardown(after_the_close_everybody_hears_that_nobody_is_reached, make, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
