/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets: guarded, wiped, and gone from the process when a job is sealed. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "crypto/chunked_keys.h"
#include "crypto/label.h"
#include "tests/unit/child.h"
#include "tests/unit/crypto_fixture.h"

#define MASK 0x5a

/* A key to look for in memory, kept so that looking does not find it here. */
struct masked {
    uint8_t bytes[KEY_LEN];
};

static struct masked mask(const uint8_t key[static KEY_LEN])
{
    struct masked m;

    for (size_t i = 0; i < KEY_LEN; i++)
        m.bytes[i] = key[i] ^ MASK;
    return m;
}

/* Not through memcmp: the sanitizer guards bytes that this looks at on purpose. */
__attribute__((no_sanitize("address"))) static size_t count_in(const uint8_t *at, const uint8_t *end,
                                                               const struct masked *m)
{
    size_t found = 0;

    for (; at + KEY_LEN <= end; at++) {
        size_t i = 0;

        while (i < KEY_LEN && (at[i] ^ MASK) == m->bytes[i])
            i++;
        found += i == KEY_LEN;
    }
    return found;
}

/* How often the key stands in memory that this process may write: heap, stack, data, locked memory. */
static size_t count_in_process(const struct masked *m)
{
    const unsigned long sanitizers = 256ul << 20; /* their shadow is larger than any map of ours */
    FILE *maps = fopen("/proc/self/maps", "re");
    size_t found = 0;
    char line[512];

    assert_non_null(maps);
    setvbuf(maps, NULL, _IONBF, 0);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to;
        char perms[5];

        if (sscanf(line, "%lx-%lx %4s", &from, &to, perms) == 3 && strncmp(perms, "rw", 2) == 0 &&
            to - from < sanitizers)
            found += count_in((const uint8_t *)from, (const uint8_t *)to, m); /* NOLINT: addresses of our own */
    }
    fclose(maps);
    return found;
}

static int run_alone(void *act)
{
    signal(SIGSEGV, SIG_DFL); /* cmocka's handler would run the child as a test */
    if (freopen("/dev/null", "w", stderr) == NULL)
        return 0;
    (*(void (**)(void))act)();
    return 0;
}

static int dies(void (*act)(void))
{
    return child_status(run_alone, &act) != 0;
}

static void write_one_byte_too_many(void)
{
    volatile uint8_t *secret = secret_new(KEY_LEN);

    secret[KEY_LEN] = 1;
}

static void read_after_free(void)
{
    volatile uint8_t *secret = secret_new(KEY_LEN);

    secret_free((void *)(uintptr_t)secret);
    (void)secret[0];
}

static void stay_within(void)
{
    volatile uint8_t *secret = secret_new(KEY_LEN);

    secret[KEY_LEN - 1] = 1;
    secret_free((void *)(uintptr_t)secret);
}

static void a_step_outside_a_secret_kills_the_process(void **state)
{
    (void)state;
    assert_true(dies(write_one_byte_too_many));
    assert_true(dies(read_after_free));
    assert_false(dies(stay_within));
}

static void need_no_locked_memory(void)
{
    const struct rlimit none = {0, 0};
    void *secret;

    if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || crypto_start() != OK || (secret = secret_new(100000)) == NULL)
        _exit(1);
    secret_free(secret);
}

static void a_small_limit_of_locked_memory_stops_nothing(void **state)
{
    (void)state;
    assert_false(dies(need_no_locked_memory));
}

static void the_job_key_is_nowhere_while_the_job_is_sealed(void **state)
{
    struct seal_opts opts = {.site = SITE, .node = NODE, .epoch = 7};
    struct job j = {.room = 0};
    uint8_t file[SEAL_START_LEN];
    struct masked m;

    (void)state;
    assert_int_equal(box_pair_new(j.epoch_public, j.epoch_secret), OK);
    opts.epoch_public_key = j.epoch_public;
    assert_int_equal(seal_new(&opts, file, &j.seal), OK);
    j.file = file;
    j.len = sizeof file;
    job_unwrap(&j); /* with the site's secret key, which no queue has */
    m = mask(j.key);
    assert_int_equal(count_in_process(&m), 1); /* the search finds the copy just made, and none besides */
    secret_wipe(j.key, KEY_LEN);
    assert_int_equal(count_in_process(&m), 0);
    seal_free(j.seal);
}

static void the_payloads_key_is_gone_when_the_job_is_sealed(void **state)
{
    struct chunked_keys *keys = secret_new(sizeof *keys);
    uint8_t *document = document_new(100000), context[HEADER_CONTEXT_LEN];
    struct masked m;
    struct job j;

    (void)state;
    assert_non_null(keys);
    job_new(&j, document, 100000, 30000);
    assert_int_equal(header_context(LABEL_JOB_PAYLOAD, sizeof LABEL_JOB_PAYLOAD, j.file, context), OK);
    assert_int_equal(chunked_derive(j.key, j.file + HEADER_LEN, context, sizeof context, keys), OK);
    m = mask(keys->key);
    assert_int_equal(count_in_process(&m), 1);
    secret_free(keys);
    assert_int_equal(count_in_process(&m), 0);
    job_free(&j);
    free(document);
}

static void a_new_secret_is_zero_and_a_wiped_one_too(void **state)
{
    static const uint8_t zero[1000];
    uint8_t *secret = secret_new(sizeof zero);

    (void)state;
    assert_non_null(secret);
    assert_memory_equal(secret, zero, sizeof zero);
    secret_random(secret, sizeof zero);
    assert_memory_not_equal(secret, zero, sizeof zero);
    secret_wipe(secret, sizeof zero);
    assert_memory_equal(secret, zero, sizeof zero);
    secret_free(secret);
    secret_free(NULL);
}

static void secrets_are_compared_whole(void **state)
{
    (void)state;
    assert_false(secret_equal("abcd", "abce", 4));
    assert_false(secret_equal("bbcd", "abcd", 4));
    assert_true(secret_equal("abcd", "abce", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_outside_a_secret_kills_the_process),
        cmocka_unit_test(a_small_limit_of_locked_memory_stops_nothing),
        cmocka_unit_test(the_job_key_is_nowhere_while_the_job_is_sealed),
        cmocka_unit_test(the_payloads_key_is_gone_when_the_job_is_sealed),
        cmocka_unit_test(a_new_secret_is_zero_and_a_wiped_one_too),
        cmocka_unit_test(secrets_are_compared_whole),
    };

    return cmocka_run_group_tests(tests, crypto_set_up, NULL);
}
