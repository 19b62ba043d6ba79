/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions and nonces: what a thief of one, or a node that asks too often, gets. */
#include <string.h>

#include "crypto/secret.h"
#include "relay/sessions.h"
#include "tests/unit/cmocka_test.h"

#define NOW UINT64_C(1000000)

static const struct session ALICE = {.site = {{1}}, .node = {{2}}, .roles = 1};
static const struct session BOB = {.site = {{1}}, .node = {{3}}, .roles = 4};
static const struct session ALICE_ELSEWHERE = {.site = {{9}}, .node = {{2}}, .roles = 1};

static int set_up(void **state)
{
    return crypto_start() == OK && sessions_new((struct sessions **)state) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    sessions_free(*state);
    return 0;
}

static enum err make(struct sessions *ss, const struct session *who, uint8_t nonce, uint64_t now,
                     char token[static SESSION_TOKEN_HEX_SIZE])
{
    uint8_t bytes[NONCE_LEN] = {nonce};

    return sessions_make(ss, who, bytes, now, token);
}

static void a_token_that_was_not_given_out_opens_nothing(void **state)
{
    char token[SESSION_TOKEN_HEX_SIZE];
    struct session found;

    assert_int_equal(make(*state, &ALICE, 1, NOW, token), OK);
    token[0] = token[0] == 'a' ? 'b' : 'a';
    assert_int_equal(sessions_find(*state, token, NOW, &found), ERR_AUTH);
    assert_int_equal(sessions_find(*state, "", NOW, &found), ERR_AUTH);
    token[0] = 'X';
    assert_int_equal(sessions_find(*state, token, NOW, &found), ERR_AUTH);
}

static void a_token_is_good_for_an_hour(void **state)
{
    char token[SESSION_TOKEN_HEX_SIZE];
    struct session found;

    assert_int_equal(make(*state, &BOB, 1, NOW, token), OK);
    assert_int_equal(sessions_find(*state, token, NOW + SESSION_LIFE_MS - 1, &found), OK);
    assert_true(id_equal(found.node, BOB.node));
    assert_int_equal(found.roles, BOB.roles);
    assert_int_equal(sessions_find(*state, token, NOW + SESSION_LIFE_MS, &found), ERR_AUTH);
    sessions_expire(*state, NOW + SESSION_LIFE_MS);
    assert_int_equal(sessions_count(*state), 0);
}

static void a_nonce_makes_one_session(void **state)
{
    char token[SESSION_TOKEN_HEX_SIZE];

    assert_int_equal(make(*state, &ALICE, 1, NOW, token), OK);
    assert_int_equal(make(*state, &ALICE, 1, NOW + 5, token), ERR_REPLAY);
    assert_int_equal(make(*state, &ALICE, 2, NOW + 5, token), OK);
}

static void a_node_that_signs_in_too_often_waits_and_no_nonce_is_forgotten_early(void **state)
{
    char token[SESSION_TOKEN_HEX_SIZE];
    uint8_t n = 0;

    for (; n < SESSIONS_PER_NODE; n++)
        assert_int_equal(make(*state, &ALICE, n, NOW, token), OK);
    assert_int_equal(make(*state, &ALICE, n, NOW + NONCE_LIFE_MS - 1, token), ERR_LIMIT);
    assert_int_equal(make(*state, &BOB, n, NOW, token), OK);
    assert_int_equal(make(*state, &ALICE, n, NOW + NONCE_LIFE_MS, token), OK);
    assert_int_equal(sessions_count(*state), SESSIONS_PER_NODE + 1);
}

static void a_revoked_node_is_out_at_once_and_nobody_else_is(void **state)
{
    char alice[SESSION_TOKEN_HEX_SIZE], again[SESSION_TOKEN_HEX_SIZE], bob[SESSION_TOKEN_HEX_SIZE],
        elsewhere[SESSION_TOKEN_HEX_SIZE];
    struct session found;

    assert_int_equal(make(*state, &ALICE, 1, NOW, alice), OK);
    assert_int_equal(make(*state, &ALICE, 2, NOW, again), OK);
    assert_int_equal(make(*state, &BOB, 3, NOW, bob), OK);
    assert_int_equal(make(*state, &ALICE_ELSEWHERE, 4, NOW, elsewhere), OK);
    sessions_drop(*state, ALICE.site, ALICE.node);
    assert_int_equal(sessions_find(*state, alice, NOW, &found), ERR_AUTH);
    assert_int_equal(sessions_find(*state, again, NOW, &found), ERR_AUTH);
    assert_int_equal(sessions_find(*state, bob, NOW, &found), OK);
    assert_int_equal(sessions_find(*state, elsewhere, NOW, &found), OK);
}

static void a_nonce_of_another_relay_or_another_start_is_not_ours(void **state)
{
    struct nonces ours, theirs;
    uint8_t nonce[NONCE_LEN];

    (void)state;
    nonces_start(&ours);
    nonces_start(&theirs);
    nonces_make(&theirs, NOW, nonce);
    assert_int_equal(nonces_check(&ours, NOW, nonce), ERR_AUTH);
    assert_int_equal(nonces_check(&theirs, NOW, nonce), OK);
    for (size_t i = 0; i < sizeof nonce; i++) {
        nonce[i] ^= 1;
        assert_int_equal(nonces_check(&theirs, NOW, nonce), ERR_AUTH);
        nonce[i] ^= 1;
    }
}

static void a_nonce_lives_for_a_minute_and_not_before_it_was_made(void **state)
{
    uint8_t nonce[NONCE_LEN], other[NONCE_LEN];
    struct nonces n;

    (void)state;
    nonces_start(&n);
    nonces_make(&n, NOW, nonce);
    nonces_make(&n, NOW, other);
    assert_memory_not_equal(nonce, other, sizeof nonce);
    assert_int_equal(nonces_check(&n, NOW + NONCE_LIFE_MS - 1, nonce), OK);
    assert_int_equal(nonces_check(&n, NOW + NONCE_LIFE_MS, nonce), ERR_EXPIRED);
    assert_int_equal(nonces_check(&n, NOW - 1, nonce), ERR_EXPIRED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_token_that_was_not_given_out_opens_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_is_good_for_an_hour, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_nonce_makes_one_session, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_node_that_signs_in_too_often_waits_and_no_nonce_is_forgotten_early, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_revoked_node_is_out_at_once_and_nobody_else_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_nonce_of_another_relay_or_another_start_is_not_ours, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_nonce_lives_for_a_minute_and_not_before_it_was_made, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
