/* SPDX-License-Identifier: Apache-2.0 */
#include "printscout/queue/verdicts.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

struct stage {
    struct verdicts *verdicts;
    struct credentials *c;
};

static int make(void **state)
{
    static struct stage s;

    if (crypto_start() != OK || verdicts_new(&s.verdicts) != OK || (s.c = credentials_new()) == NULL)
        return -1;
    *state = &s;
    return 0;
}

static int end(void **state)
{
    struct stage *s = *state;

    verdicts_free(s->verdicts);
    credentials_free(s->c);
    return 0;
}

static const uint8_t *verifier(struct stage *s, const char *name, const char *password)
{
    static uint8_t out[2][VERIFIER_LEN];
    static int turn;

    turn = !turn;
    strcpy(s->c->name, name);
    strcpy(s->c->password, password);
    assert_int_equal(verdicts_verifier(s->verdicts, s->c, out[turn]), OK);
    return out[turn];
}

static void put(struct stage *s, const char *name, const char *password, uint8_t outcome, uint64_t now_ms)
{
    const struct verdict v = {.outcome = outcome, .number = 7};

    verdicts_put(s->verdicts, verifier(s, name, password), &v, now_ms);
}

static void another_password_or_name_or_another_cut_between_them_is_not_known(void **state)
{
    struct stage *s = *state;

    put(s, "ab", "c", ANSWER_YES, 1000);
    assert_null(verdicts_find(s->verdicts, verifier(s, "a", "bc"), 1000));
    assert_null(verdicts_find(s->verdicts, verifier(s, "ab", "cc"), 1000));
    assert_null(verdicts_find(s->verdicts, verifier(s, "Ab", "c"), 1000));
    assert_null(verdicts_find(s->verdicts, verifier(s, "ab", ""), 1000));
    assert_non_null(verdicts_find(s->verdicts, verifier(s, "ab", "c"), 1000)); /* the control */
}

static void a_verdict_ends_and_a_no_ends_sooner(void **state)
{
    struct stage *s = *state;

    put(s, "alice", "right", ANSWER_YES, 1000);
    put(s, "alice", "wrong", ANSWER_NO, 1000);
    assert_non_null(verdicts_find(s->verdicts, verifier(s, "alice", "wrong"), 1000 + VERDICT_NO_MS - 1));
    assert_null(verdicts_find(s->verdicts, verifier(s, "alice", "wrong"), 1000 + VERDICT_NO_MS));
    assert_non_null(verdicts_find(s->verdicts, verifier(s, "alice", "right"), 1000 + VERDICT_YES_MS - 1));
    assert_null(verdicts_find(s->verdicts, verifier(s, "alice", "right"), 1000 + VERDICT_YES_MS));
    assert_null(verdicts_find(s->verdicts, verifier(s, "alice", "right"), 1001)); /* gone, not hidden */
}

static void looking_does_not_make_it_last_longer(void **state)
{
    struct stage *s = *state;

    put(s, "alice", "right", ANSWER_YES, 1000);
    for (uint64_t now = 1000; now < 1000 + VERDICT_YES_MS; now += 1000)
        assert_non_null(verdicts_find(s->verdicts, verifier(s, "alice", "right"), now));
    assert_null(verdicts_find(s->verdicts, verifier(s, "alice", "right"), 1000 + VERDICT_YES_MS));
}

static void a_flood_of_wrong_ones_drives_no_right_one_out(void **state)
{
    struct stage *s = *state;
    char guess[32];

    put(s, "alice", "right", ANSWER_YES, 1000);
    for (int i = 0; i < 4 * VERDICTS_MAX; i++) {
        snprintf(guess, sizeof guess, "guess %d", i);
        put(s, "bob", guess, ANSWER_NO, 1000);
    }
    assert_non_null(verdicts_find(s->verdicts, verifier(s, "alice", "right"), 1000));
    assert_non_null(verdicts_find(s->verdicts, verifier(s, "bob", guess), 1000));
}

static void another_process_knows_it_by_another_number(void **state)
{
    struct stage *s = *state;
    struct verdicts *other = NULL;
    uint8_t here[VERIFIER_LEN], there[VERIFIER_LEN];

    assert_int_equal(verdicts_new(&other), OK);
    memcpy(here, verifier(s, "alice", "right"), sizeof here);
    assert_int_equal(verdicts_verifier(other, s->c, there), OK);
    assert_memory_not_equal(here, there, sizeof here);
    verdicts_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(another_password_or_name_or_another_cut_between_them_is_not_known, make, end),
        cmocka_unit_test_setup_teardown(a_verdict_ends_and_a_no_ends_sooner, make, end),
        cmocka_unit_test_setup_teardown(looking_does_not_make_it_last_longer, make, end),
        cmocka_unit_test_setup_teardown(a_flood_of_wrong_ones_drives_no_right_one_out, make, end),
        cmocka_unit_test_setup_teardown(another_process_knows_it_by_another_number, make, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
