/* SPDX-License-Identifier: Apache-2.0 */
/* guesses: a hundred thousand of them, from everywhere, through restarts; and nobody is kept out of their own panel. */
#include "devicescout/people/guesses.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "crypto/secret.h"
#include "devicescout/people/signin.h"
#include "tests/unit/scratch.h"

#define GUESSES 100000
#define ROUNDS  50 /* restarts in between */
#define MINUTE  UINT64_C(60000)

struct stage {
    struct loop *loop;
    struct workers *workers;
    struct roster *roster;
    struct signin *signin;
    atomic_int evaluated;
    struct proven answer;
};

/* A directory that knows alice by every name in which she is, and one password. */
static void check(void *prover, const struct proof *p, const struct proof_gate *gate, struct proven *out)
{
    struct stage *s = prover;

    *out = (struct proven){.outcome = PROOF_NO, .authentication = BY_PASSWORD};
    if (strstr(p->name, "lice") != NULL && gate->fn(gate->arg, "alice") != OK) {
        out->outcome = PROOF_TOO_OFTEN;
        return;
    }
    atomic_fetch_add(&s->evaluated, 1);
    if (strcmp(p->password, "right") != 0)
        return;
    out->outcome = PROOF_YES;
    strcpy(out->person, "alice");
}

static void start(struct stage *s)
{
    assert_int_equal(loop_new(&s->loop), OK);
    assert_int_equal(workers_new(s->loop, 1, 4, &s->workers), OK);
    assert_int_equal(signin_new(&(struct signin_opts){.loop = s->loop,
                                                      .workers = s->workers,
                                                      .check = check,
                                                      .prover = s,
                                                      .roster = s->roster,
                                                      .answer_within_ms = 5000},
                                &s->signin),
                     OK);
}

static void stop(struct stage *s)
{
    workers_free(s->workers);
    signin_free(s->signin);
    loop_free(s->loop);
}

static void restart(struct stage *s)
{
    stop(s);
    start(s);
}

static int make(void **state)
{
    static struct stage s;
    char path[] = "/tmp/latchkey-test-XXXXXX";
    char file[64];

    memset(&s, 0, sizeof s);
    if (crypto_start() != OK || mkdtemp(path) == NULL)
        return -1;
    snprintf(file, sizeof file, "%s/people.sqlite", path);
    if (roster_open(file, "", &s.roster) != OK)
        return -1;
    snprintf(file, sizeof file, "rm -r %s", path); /* the open files live on */
    if (system(file) != 0)
        return -1;
    start(&s);
    *state = &s;
    return 0;
}

static int end(void **state)
{
    struct stage *s = *state;

    stop(s);
    roster_close(s->roster);
    return 0;
}

static void answered(void *arg, const struct proven *a)
{
    struct stage *s = arg;

    s->answer = *a;
    loop_stop(s->loop);
}

static enum proof_outcome sign_in_by(struct stage *s, const char *node, const char *name, const char *password,
                                     const char *address)
{
    struct proof p = {.kind = PROOF_PASSWORD, .printer = "lobby"};
    uint64_t number;

    snprintf(p.node, sizeof p.node, "%s", node);
    snprintf(p.name, sizeof p.name, "%s", name);
    snprintf(p.password, sizeof p.password, "%s", password);
    snprintf(p.address, sizeof p.address, "%s", address);
    assert_int_equal(signin_start(s->signin, &p, answered, s, &number), OK);
    assert_int_equal(loop_run(s->loop), OK);
    return s->answer.outcome;
}

static enum proof_outcome sign_in(struct stage *s, const char *name, const char *password, const char *address)
{
    return sign_in_by(s, "", name, password, address);
}

/* As many panels as it takes for their own limit not to matter, and names as the directory takes them. */
static void of_a_hundred_thousand_guesses_through_fifty_restarts_ten_are_evaluated(void **state)
{
    static const char *const names[] = {"alice", "ALICE", "Alice", " alice", "alice@example.test", "uid=alice"};
    struct stage *s = *state;

    assert_int_equal(sign_in(s, "alice", "right", "10.0.0.1"), PROOF_YES); /* a panel of her own */
    atomic_store(&s->evaluated, 0);
    for (int i = 0; i < GUESSES; i++) {
        char address[32], password[32];

        snprintf(address, sizeof address, "10.%d.%d.1", i % 100, i / 100 % 100);
        snprintf(password, sizeof password, "guess %d", i);
        sign_in(s, names[i % 6], password, address);
        if (i % (GUESSES / ROUNDS) == 0)
            restart(s);
    }
    assert_in_range(atomic_load(&s->evaluated), 2, 2 * GUESSES_FREE);
    assert_int_equal(sign_in(s, "alice", "right", "10.0.0.1"), PROOF_TOO_OFTEN);
}

/* The control: it is the name that closes, nothing else. */
static void guesses_at_as_many_names_are_all_evaluated(void **state)
{
    struct stage *s = *state;

    for (int i = 0; i < 100; i++) {
        char name[32], address[32];

        snprintf(name, sizeof name, "nobody%d", i);
        snprintf(address, sizeof address, "10.0.%d.1", i);
        sign_in(s, name, "guess", address);
    }
    assert_int_equal(atomic_load(&s->evaluated), 100);
}

static void a_prankster_elsewhere_keeps_nobody_from_their_own_panel(void **state)
{
    struct stage *s = *state;

    assert_int_equal(sign_in(s, "alice", "right", "10.0.0.1"), PROOF_YES);
    for (int i = 0; i < 20; i++)
        sign_in(s, "alice", "prank", "10.0.0.2");
    assert_int_equal(sign_in(s, "alice", "right", "10.0.0.3"), PROOF_TOO_OFTEN);
    restart(s);
    assert_int_equal(sign_in(s, "alice", "right", "10.0.0.3"), PROOF_TOO_OFTEN);
    assert_int_equal(sign_in(s, "Alice", "right", "10.0.0.1"), PROOF_YES);
    assert_int_equal(sign_in(s, "alice", "right", "10.0.0.3"), PROOF_TOO_OFTEN); /* which opens nothing elsewhere */
}

/* A print queue says which address somebody prints from: it may say what it likes. */
static void an_old_password_that_a_computer_prints_with_closes_no_panel_of_ones_own(void **state)
{
    struct stage *s = *state;

    assert_int_equal(sign_in(s, "alice", "right", "10.0.0.1"), PROOF_YES);
    for (int i = 0; i < 20; i++)
        sign_in_by(s, "00112233445566778899aabbccddeeff", "alice", "old", "10.0.0.1");
    assert_int_equal(s->answer.outcome, PROOF_TOO_OFTEN);
    assert_int_equal(sign_in(s, "alice", "right", "10.0.0.1"), PROOF_YES);
}

static void a_right_password_opens_the_count_that_it_was_typed_in(void **state)
{
    struct stage *s = *state;

    for (int i = 0; i < GUESSES_FREE - 1; i++)
        sign_in(s, "alice", "wrong", "10.0.0.9");
    assert_int_equal(sign_in(s, "alice", "right", "10.0.0.9"), PROOF_YES);
    restart(s);
    for (int i = 0; i < GUESSES_FREE - 1; i++)
        assert_int_equal(sign_in(s, "alice", "wrong", "10.0.0.9"), PROOF_NO);
    assert_int_equal(sign_in(s, "alice", "right", "10.0.0.9"), PROOF_YES);
}

static void the_wait_doubles_and_a_restart_begins_it_anew(void **state)
{
    struct stage *s = *state;
    struct guesses *g = NULL;
    struct guess x = {""};
    uint64_t wait_ms = 0, now = clock_boot_ms();

    assert_int_equal(guesses_new(s->roster, &g), OK);
    for (int i = 0; i < GUESSES_FREE; i++) {
        assert_int_equal(guesses_begin(g, "password", "bob", "10.0.0.1", now, &x, &wait_ms), OK);
        guesses_wrong(g, &x);
    }
    assert_int_equal(guesses_begin(g, "password", "bob", "10.0.0.1", now, &x, &wait_ms), ERR_LIMIT);
    assert_int_equal(wait_ms, 15 * MINUTE);
    assert_int_equal(guesses_begin(g, "pin", "bob", "10.0.0.1", now, &x, &wait_ms), OK); /* counts apart */
    assert_int_equal(guesses_begin(g, "password", "BOB", "10.0.0.2", now + 15 * MINUTE, &x, &wait_ms), OK);
    guesses_wrong(g, &x);
    guesses_free(g);
    assert_int_equal(guesses_new(s->roster, &g), OK);
    assert_int_equal(guesses_begin(g, "password", "bob", "10.0.0.1", clock_boot_ms(), &x, &wait_ms), ERR_LIMIT);
    assert_in_range(wait_ms, 29 * MINUTE, 30 * MINUTE);
    guesses_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(of_a_hundred_thousand_guesses_through_fifty_restarts_ten_are_evaluated, make,
                                        end),
        cmocka_unit_test_setup_teardown(guesses_at_as_many_names_are_all_evaluated, make, end),
        cmocka_unit_test_setup_teardown(a_prankster_elsewhere_keeps_nobody_from_their_own_panel, make, end),
        cmocka_unit_test_setup_teardown(an_old_password_that_a_computer_prints_with_closes_no_panel_of_ones_own, make,
                                        end),
        cmocka_unit_test_setup_teardown(a_right_password_opens_the_count_that_it_was_typed_in, make, end),
        cmocka_unit_test_setup_teardown(the_wait_doubles_and_a_restart_begins_it_anew, make, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
