/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/job_password.h"

#include <string.h>

#include "tests/unit/crypto_fixture.h"

#define NOW 1000000

static struct job_password password_of(enum job_password_method m, const char *text)
{
    uint8_t hash[JOB_PASSWORD_HASH_MOST];
    struct job_password p;

    assert_int_equal(job_password_hash(m, text, strlen(text), hash), OK);
    assert_int_equal(job_password_make(m, hash, job_password_hash_len(m), &p), OK);
    return p;
}

static void a_hash_of_another_length_or_of_no_method_is_refused(void **state)
{
    static const uint8_t hash[JOB_PASSWORD_HASH_MOST + 1];
    struct job_password p;

    (void)state;
    for (size_t len = 0; len <= sizeof hash; len++) {
        assert_int_equal(job_password_make(JOB_PASSWORD_NONE, hash, len, &p), ERR_FORMAT);
        assert_int_equal(job_password_make(JOB_PASSWORD_SHA2_256, hash, len, &p), len == 32 ? OK : ERR_FORMAT);
        assert_int_equal(job_password_make(JOB_PASSWORD_SHA2_512, hash, len, &p), len == 64 ? OK : ERR_FORMAT);
    }
}

static void no_other_password_and_no_hash_opens(void **state)
{
    static const char *const wrong[] = {"", "1234", "12345 ", "123456", "\xc3\xa4"};

    (void)state;
    for (int m = JOB_PASSWORD_SHA2_256; m < JOB_PASSWORD_METHODS; m++) {
        const struct job_password p = password_of((enum job_password_method)m, "12345");
        struct job_password_tries tries;

        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            tries = (struct job_password_tries){0};
            assert_int_equal(job_password_try(&p, &tries, wrong[i], NOW), ERR_AUTH);
        }
        tries = (struct job_password_tries){0};
        assert_int_equal(job_password_try(&p, &tries, "12345", NOW), OK);
    }
}

static void what_is_kept_differs_each_time_and_holds_no_hash(void **state)
{
    const struct job_password a = password_of(JOB_PASSWORD_SHA2_256, "12345"),
                              b = password_of(JOB_PASSWORD_SHA2_256, "12345");
    uint8_t hash[JOB_PASSWORD_HASH_MOST];

    (void)state;
    assert_int_equal(job_password_hash(JOB_PASSWORD_SHA2_256, "12345", 5, hash), OK);
    assert_memory_not_equal(a.salt, b.salt, sizeof a.salt);
    assert_memory_not_equal(a.verifier, b.verifier, sizeof a.verifier);
    assert_memory_not_equal(a.verifier, hash, sizeof a.verifier);
}

static void guesses_are_counted_and_wait_longer_and_longer(void **state)
{
    static const uint64_t waits_ms[] = {0, 0, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    const struct job_password p = password_of(JOB_PASSWORD_SHA2_256, "12345");
    struct job_password_tries tries = {0};
    uint64_t now = NOW;

    (void)state;
    for (size_t i = 0; i < sizeof waits_ms / sizeof *waits_ms; i++) {
        assert_int_equal(job_password_try(&p, &tries, "1", now), ERR_AUTH);
        if (waits_ms[i] > 0) /* the right one too is not looked at before its time */
            assert_int_equal(job_password_try(&p, &tries, "12345", now + waits_ms[i] - 1), ERR_LIMIT);
        now += waits_ms[i];
    }
    assert_int_equal(job_password_try(&p, &tries, "12345", now), OK);
    assert_int_equal(tries.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_of_another_length_or_of_no_method_is_refused),
        cmocka_unit_test(no_other_password_and_no_hash_opens),
        cmocka_unit_test(what_is_kept_differs_each_time_and_holds_no_hash),
        cmocka_unit_test(guesses_are_counted_and_wait_longer_and_longer),
    };

    return cmocka_run_group_tests(tests, crypto_set_up, NULL);
}
