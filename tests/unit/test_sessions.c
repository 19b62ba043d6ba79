/* SPDX-License-Identifier: Apache-2.0 */
/* sessions: a stolen, guessed, old or carried-over token is worth nothing. */
#include <string.h>

#include "crypto/secret.h"
#include "devicescout/people/sessions.h"
#include "tests/unit/cmocka_test.h"

#define IDLE_MS    120000
#define LONGEST_MS 3600000

static int ended_count;

static void count_end(void *arg, const struct session *s)
{
    (void)arg, (void)s;
    ended_count++;
}

static int make(void **state)
{
    const struct sessions_opts opts = {
        .max = 4, .person_max = 2, .idle_ms = IDLE_MS, .longest_ms = LONGEST_MS, .ended = count_end};

    ended_count = 0;
    return crypto_start() == OK && sessions_new(&opts, (struct sessions **)state) == OK ? 0 : -1;
}

static int end(void **state)
{
    sessions_free(*state);
    return 0;
}

static void start(struct sessions *s, const char *person, uint64_t now, char token[static SESSION_TOKEN_SIZE])
{
    struct session want = {.authentication = BY_PASSWORD, .printer = {{7}}, .address = "10.0.0.1"};

    strcpy(want.person, person);
    assert_int_equal(sessions_start(s, &want, now, token), OK);
}

static void a_token_that_is_not_quite_one_finds_nothing(void **state)
{
    char token[SESSION_TOKEN_SIZE], wrong[SESSION_TOKEN_SIZE + 1];

    start(*state, "alice", 0, token);
    for (size_t i = 0; i < SESSION_TOKEN_SIZE - 1; i++) {
        strcpy(wrong, token);
        wrong[i] = wrong[i] == '0' ? '1' : '0';
        assert_null(sessions_find(*state, wrong, "10.0.0.1", 1, 0));
    }
    token[SESSION_TOKEN_SIZE - 2] = '\0';
    assert_null(sessions_find(*state, token, "10.0.0.1", 1, 0));
    assert_null(sessions_find(*state, "", "10.0.0.1", 1, 0));
    assert_null(sessions_find(*state, "../../../../etc/passwd", "10.0.0.1", 1, 0));
}

static void a_token_is_worth_nothing_at_another_address(void **state)
{
    char token[SESSION_TOKEN_SIZE];

    start(*state, "alice", 0, token);
    assert_null(sessions_find(*state, token, "10.0.0.2", 1, 1));
    assert_non_null(sessions_find(*state, token, "10.0.0.1", 1, 1));
}

static void a_session_ends_when_nobody_touches_it(void **state)
{
    char token[SESSION_TOKEN_SIZE];

    start(*state, "alice", 0, token);
    assert_non_null(sessions_find(*state, token, "10.0.0.1", IDLE_MS - 1, 0)); /* a look is no touch */
    assert_null(sessions_find(*state, token, "10.0.0.1", IDLE_MS, 1));
    assert_int_equal(ended_count, 1);
    assert_int_equal(sessions_count(*state), 0);
}

static void a_touch_keeps_it_but_not_for_ever(void **state)
{
    char token[SESSION_TOKEN_SIZE];
    uint64_t now = 0;

    start(*state, "alice", 0, token);
    for (; now < LONGEST_MS; now += IDLE_MS / 2)
        assert_non_null(sessions_find(*state, token, "10.0.0.1", now, 1));
    assert_null(sessions_find(*state, token, "10.0.0.1", LONGEST_MS, 1));
}

static void a_full_house_lets_nobody_in_until_somebody_is_gone(void **state)
{
    char token[SESSION_TOKEN_SIZE];
    const struct session want = {.address = "10.0.0.1"};

    for (int i = 0; i < 4; i++)
        start(*state, i % 2 ? "alice" : "bob", 0, token);
    assert_int_equal(sessions_start(*state, &want, 1, token), ERR_FULL);
    assert_int_equal(sessions_start(*state, &want, IDLE_MS, token), OK); /* the old ones are swept */
    assert_int_equal(ended_count, 4);
}

static void one_person_cannot_take_every_place(void **state)
{
    char first[SESSION_TOKEN_SIZE], second[SESSION_TOKEN_SIZE], token[SESSION_TOKEN_SIZE];

    start(*state, "alice", 0, first);
    start(*state, "alice", 1, second);
    start(*state, "bob", 2, token);
    start(*state, "alice", 3, token);
    assert_int_equal(sessions_count(*state), 3);
    assert_null(sessions_find(*state, first, "10.0.0.1", 4, 1)); /* the one that was quiet longest */
    assert_non_null(sessions_find(*state, second, "10.0.0.1", 4, 1));
}

static void two_sessions_have_two_tokens_and_end_apart(void **state)
{
    char a[SESSION_TOKEN_SIZE], b[SESSION_TOKEN_SIZE];
    const struct session *s;

    start(*state, "alice", 0, a);
    start(*state, "bob", 0, b);
    assert_string_not_equal(a, b);
    s = sessions_find(*state, a, "10.0.0.1", 1, 1);
    assert_string_equal(s->person, "alice");
    sessions_end(*state, s->number);
    assert_null(sessions_find(*state, a, "10.0.0.1", 1, 1));
    assert_string_equal(sessions_find(*state, b, "10.0.0.1", 1, 1)->person, "bob");
}

static void a_change_is_counted_for_that_person_alone(void **state)
{
    char a[SESSION_TOKEN_SIZE], b[SESSION_TOKEN_SIZE];
    uint64_t before;

    start(*state, "alice", 0, a);
    start(*state, "bob", 0, b);
    before = sessions_find(*state, b, "10.0.0.1", 1, 0)->changes;
    sessions_mark(*state, "alice");
    assert_int_equal(sessions_find(*state, a, "10.0.0.1", 1, 0)->changes, before + 1);
    assert_int_equal(sessions_find(*state, b, "10.0.0.1", 1, 0)->changes, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_token_that_is_not_quite_one_finds_nothing, make, end),
        cmocka_unit_test_setup_teardown(a_token_is_worth_nothing_at_another_address, make, end),
        cmocka_unit_test_setup_teardown(a_session_ends_when_nobody_touches_it, make, end),
        cmocka_unit_test_setup_teardown(a_touch_keeps_it_but_not_for_ever, make, end),
        cmocka_unit_test_setup_teardown(a_full_house_lets_nobody_in_until_somebody_is_gone, make, end),
        cmocka_unit_test_setup_teardown(one_person_cannot_take_every_place, make, end),
        cmocka_unit_test_setup_teardown(two_sessions_have_two_tokens_and_end_apart, make, end),
        cmocka_unit_test_setup_teardown(a_change_is_counted_for_that_person_alone, make, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
