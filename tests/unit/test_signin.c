/* SPDX-License-Identifier: Apache-2.0 */
/* signin: one answer, in time, whatever the directory does; and nothing to learn from a refusal. */
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/secret.h"
#include "devicescout/people/signin.h"
#include "tests/unit/cmocka_test.h"

#define ANSWER_MS 300
#define REFUSE_MS 60

struct stage {
    struct loop *loop;
    struct workers *workers;
    struct signin *signin;
    atomic_int asked, hold; /* hold: the directory does not answer until it is 0 */
    int answers;
    struct proven answer;
    uint64_t came_us;
    char audited[64];
};

static enum proof_outcome outcome_of(struct stage *s, const struct proof *p, const struct proof_gate *gate)
{
    atomic_fetch_add(&s->asked, 1);
    while (atomic_load(&s->hold))
        sched_yield();
    if (strcmp(p->name, "down") == 0)
        return PROOF_DOWN;
    if (strcmp(p->name, "nobody") == 0)
        return PROOF_NO;
    if (gate->fn(gate->arg, "alice") != OK)
        return PROOF_TOO_OFTEN;
    return strcmp(p->password, "right") == 0 ? PROOF_YES : PROOF_NO;
}

static void check(void *prover, const struct proof *p, const struct proof_gate *gate, struct proven *out)
{
    *out = (struct proven){.outcome = outcome_of(prover, p, gate)};
    if (out->outcome == PROOF_YES)
        strcpy(out->person, "alice");
}

static enum err start(struct stage *s, const char *name, const char *password, const char *address, signin_fn *fn,
                      uint64_t *number)
{
    struct proof p = {.kind = PROOF_PASSWORD, .printer = "lobby"};

    snprintf(p.name, sizeof p.name, "%s", name);
    snprintf(p.password, sizeof p.password, "%s", password);
    snprintf(p.address, sizeof p.address, "%s", address);
    return signin_start(s->signin, &p, fn, s, number);
}

static void audit(void *arg, const char *event, const struct audit_fields *fields)
{
    struct stage *s = arg;

    (void)fields;
    strcpy(s->audited, event);
}

static void answered(void *arg, const struct proven *a)
{
    struct stage *s = arg;

    s->answers++;
    s->answer = *a;
    s->came_us = clock_mono_us();
    loop_stop(s->loop);
}

static int make(void **state)
{
    static struct stage s;
    struct signin_opts opts = {.check = check,
                               .prover = &s,
                               .answer_within_ms = ANSWER_MS,
                               .refuse_after_ms = REFUSE_MS,
                               .audit = audit,
                               .arg = &s};

    memset(&s, 0, sizeof s);
    if (crypto_start() != OK || loop_new(&s.loop) != OK || workers_new(s.loop, 2, 4, &s.workers) != OK)
        return -1;
    opts.loop = s.loop;
    opts.workers = s.workers;
    *state = &s;
    return signin_new(&opts, &s.signin) == OK ? 0 : -1;
}

static int end(void **state)
{
    struct stage *s = *state;

    atomic_store(&s->hold, 0);
    workers_free(s->workers);
    signin_free(s->signin);
    loop_free(s->loop);
    return 0;
}

/* Sign in and wait for the answer; returns how many ms it took. */
static uint64_t sign_in(struct stage *s, const char *name, const char *password)
{
    uint64_t number, start_us = clock_mono_us();

    assert_int_equal(start(s, name, password, "10.0.0.1", answered, &number), OK);
    assert_int_equal(loop_run(s->loop), OK);
    return (s->came_us - start_us) / 1000;
}

static void an_empty_password_never_reaches_the_directory(void **state)
{
    struct stage *s = *state;

    sign_in(s, "alice", "");
    assert_int_equal(s->answer.outcome, PROOF_NO);
    assert_int_equal(atomic_load(&s->asked), 0);
    sign_in(s, "", "right");
    assert_int_equal(s->answer.outcome, PROOF_NO);
    assert_int_equal(atomic_load(&s->asked), 0);
    assert_string_equal(s->audited, "sign_in_refused");
}

static void every_refusal_takes_the_same_time(void **state)
{
    struct stage *s = *state;

    assert_in_range(sign_in(s, "alice", ""), REFUSE_MS - 1, 2000);
    assert_in_range(sign_in(s, "nobody", "right"), REFUSE_MS - 1, 2000);
    assert_in_range(sign_in(s, "alice", "wrong"), REFUSE_MS - 1, 2000);
    assert_int_equal(s->answer.outcome, PROOF_NO);
    assert_string_equal(s->answer.person, "");
}

static void a_directory_that_hangs_is_down_in_time(void **state)
{
    struct stage *s = *state;

    atomic_store(&s->hold, 1);
    assert_in_range(sign_in(s, "alice", "right"), ANSWER_MS - 1, 3000);
    assert_int_equal(s->answer.outcome, PROOF_DOWN);
    atomic_store(&s->hold, 0); /* its late answer is nobody's */
    sign_in(s, "alice", "right");
    assert_int_equal(s->answers, 2);
    assert_int_equal(s->answer.outcome, PROOF_YES);
}

static void a_guesser_is_told_to_wait_and_the_directory_is_spared(void **state)
{
    struct stage *s = *state;

    for (int i = 0; i < 5; i++)
        sign_in(s, "alice", "wrong");
    sign_in(s, "alice", "right");
    assert_int_equal(s->answer.outcome, PROOF_TOO_OFTEN);
    assert_in_range(s->answer.wait_ms, 800000, 900000); /* a quarter of an hour */
    assert_int_equal(atomic_load(&s->asked), 5);
}

/* " alice" and "a*" would be other names to count by, but the directory finds the same person. */
static void other_spellings_of_one_person_count_as_one(void **state)
{
    static const char *const spellings[] = {" alice",
                                            ("al\xc4\xb1"
                                             "ce"),
                                            "alice ",
                                            "uid=alice",
                                            "a.lice",
                                            "a-lice"};
    struct stage *s = *state;

    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
        sign_in(s, spellings[i], "wrong");
    assert_int_equal(s->answer.outcome, PROOF_TOO_OFTEN);
}

static void one_ipv6_network_is_one_guesser(void **state)
{
    struct stage *s = *state;
    uint64_t number;

    for (int i = 0; i < 25; i++) {
        char name[32], address[64];

        snprintf(name, sizeof name, "name%d", i);
        snprintf(address, sizeof address, "2001:db8::%x:%x", i, i);
        assert_int_equal(start(s, name, "", address, answered, &number), OK);
        assert_int_equal(loop_run(s->loop), OK);
    }
    assert_int_equal(s->answer.outcome, PROOF_TOO_OFTEN);
}

static void a_directory_that_is_down_counts_against_nobody(void **state)
{
    struct stage *s = *state;

    for (int i = 0; i < 30; i++) {
        sign_in(s, "down", "right");
        assert_int_equal(s->answer.outcome, PROOF_DOWN);
    }
}

static void a_right_password_signs_in_and_forgives(void **state)
{
    struct stage *s = *state;

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++)
            sign_in(s, "alice", "wrong");
        sign_in(s, "alice", "right");
        assert_int_equal(s->answer.outcome, PROOF_YES);
        assert_string_equal(s->answer.person, "alice");
        assert_string_equal(s->audited, "sign_in");
    }
}

static void an_attempt_that_nobody_waits_for_is_not_answered(void **state)
{
    struct stage *s = *state;
    uint64_t number;

    atomic_store(&s->hold, 1);
    assert_int_equal(start(s, "alice", "right", "10.0.0.1", answered, &number), OK);
    signin_forget(s->signin, number);
    atomic_store(&s->hold, 0);
    sign_in(s, "nobody", "right");
    assert_int_equal(s->answers, 1);
    assert_int_equal(s->answer.outcome, PROOF_NO);
}

static void too_many_at_once_are_turned_away(void **state)
{
    struct stage *s = *state;
    enum err e = OK;
    uint64_t number;
    int taken = 0;

    atomic_store(&s->hold, 1);
    for (; taken < 20 && e == OK; taken++) {
        char name[32], address[32];

        snprintf(name, sizeof name, "name%d", taken);
        snprintf(address, sizeof address, "10.0.1.%d", taken);
        e = start(s, name, "x", address, answered, &number);
    }
    assert_int_equal(e, ERR_FULL);
    assert_in_range(taken, 5, 7); /* two run, four wait */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_password_never_reaches_the_directory, make, end),
        cmocka_unit_test_setup_teardown(every_refusal_takes_the_same_time, make, end),
        cmocka_unit_test_setup_teardown(a_directory_that_hangs_is_down_in_time, make, end),
        cmocka_unit_test_setup_teardown(a_guesser_is_told_to_wait_and_the_directory_is_spared, make, end),
        cmocka_unit_test_setup_teardown(other_spellings_of_one_person_count_as_one, make, end),
        cmocka_unit_test_setup_teardown(one_ipv6_network_is_one_guesser, make, end),
        cmocka_unit_test_setup_teardown(a_directory_that_is_down_counts_against_nobody, make, end),
        cmocka_unit_test_setup_teardown(a_right_password_signs_in_and_forgives, make, end),
        cmocka_unit_test_setup_teardown(an_attempt_that_nobody_waits_for_is_not_answered, make, end),
        cmocka_unit_test_setup_teardown(too_many_at_once_are_turned_away, make, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
