/* SPDX-License-Identifier: Apache-2.0 */
#include "printscout/courier/hello_keys.h"

#include <string.h>

#include "tests/unit/cmocka_test.h"

static int set_up(void **state)
{
    if (crypto_start() != OK)
        return -1;
    return hello_keys_new((struct hello_keys **)state) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    hello_keys_free(*state);
    return 0;
}

static void a_replaced_key_is_wiped_after_thirty_seconds(void **state)
{
    struct hello_keys *k = *state;
    static const uint8_t nothing[KEY_LEN];
    uint8_t old[KEY_LEN];
    const uint8_t *secret;

    memcpy(old, hello_keys_public(k), KEY_LEN);
    secret = hello_keys_find(k, old, 1000);
    assert_non_null(secret);
    assert_int_equal(hello_keys_renew(k, 1000), OK);
    assert_ptr_equal(hello_keys_find(k, old, 1000 + HELLO_KEEP_MS - 1), secret);
    hello_keys_expire(k, 1000 + HELLO_KEEP_MS);
    assert_memory_equal(secret, nothing, KEY_LEN); /* the place where it stood */
    assert_null(hello_keys_find(k, old, 1000 + HELLO_KEEP_MS));
}

static void a_key_of_zeros_finds_no_empty_place(void **state)
{
    static const uint8_t zeros[KEY_LEN];

    assert_null(hello_keys_find(*state, zeros, 0));
}

static void the_current_key_stays_for_as_long_as_it_is_current(void **state)
{
    struct hello_keys *k = *state;

    assert_non_null(hello_keys_find(k, hello_keys_public(k), UINT64_MAX - 1));
}

static void many_renewals_in_one_moment_keep_the_newest(void **state)
{
    struct hello_keys *k = *state;
    uint8_t first[KEY_LEN], last[KEY_LEN];

    memcpy(first, hello_keys_public(k), KEY_LEN);
    for (int i = 0; i < 100; i++) {
        memcpy(last, hello_keys_public(k), KEY_LEN);
        assert_int_equal(hello_keys_renew(k, 1000), OK);
        assert_memory_not_equal(last, hello_keys_public(k), KEY_LEN);
    }
    assert_non_null(hello_keys_find(k, last, 1001));
    assert_null(hello_keys_find(k, first, 1001));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_replaced_key_is_wiped_after_thirty_seconds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_of_zeros_finds_no_empty_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_current_key_stays_for_as_long_as_it_is_current, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_renewals_in_one_moment_keep_the_newest, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
