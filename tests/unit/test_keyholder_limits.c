/* SPDX-License-Identifier: Apache-2.0 */
#include "devicescout/keyholder/limits.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "crypto/secret.h"
#include "devicescout/keyholder/idmap.h"
#include "tests/unit/cmocka_test.h"

static enum err once(struct limits *l, const char *name, uint64_t now_ms)
{
    const enum err e = limits_check(l, name, now_ms);

    if (e == OK)
        limits_count(l, name, now_ms);
    return e;
}

static void no_minute_wherever_it_begins_has_more_than_the_limit(void **state)
{
    struct limits *l = NULL;
    uint64_t done[4000];
    size_t len = 0;

    (void)state;
    assert_int_equal(limits_new(20, &l), OK);
    for (uint64_t now = 5000000; now < 5000000 + 600000; now += 157) { /* as fast as one can */
        if (once(l, "alice", now) == OK)
            done[len++] = now;
    }
    assert_in_range(len, 150, 200); /* ten minutes */
    for (size_t i = 0; i + 20 < len; i++)
        assert_true(done[i + 20] - done[i] >= 60000);
    limits_free(l);
}

static void one_person_s_hurry_is_not_another_s(void **state)
{
    struct limits *l = NULL;

    (void)state;
    assert_int_equal(limits_new(2, &l), OK);
    assert_int_equal(once(l, "alice", 1), OK);
    assert_int_equal(once(l, "alice", 2), OK);
    assert_int_equal(once(l, "alice", 3), ERR_LIMIT);
    assert_int_equal(once(l, "bob", 4), OK);
    assert_int_equal(once(l, "alice", 80000), OK);
    limits_free(l);
}

static void asking_counts_nothing(void **state)
{
    struct limits *l = NULL;

    (void)state;
    assert_int_equal(limits_new(1, &l), OK);
    for (int i = 0; i < 10; i++)
        assert_int_equal(limits_check(l, "alice", 1), OK);
    limits_free(l);
}

static void invented_names_fill_the_table_for_a_minute_at_most(void **state)
{
    struct limits *l = NULL;
    char name[32];

    (void)state;
    assert_int_equal(limits_new(1, &l), OK);
    for (int i = 0; i < 4096; i++) {
        snprintf(name, sizeof name, "person-%d", i);
        assert_int_equal(once(l, name, 1000), OK);
    }
    assert_int_equal(once(l, "alice", 2000), ERR_FULL);
    assert_int_equal(once(l, "alice", 90000), OK);
    limits_free(l);
}

static void a_name_that_is_too_long_is_no_way_around(void **state)
{
    struct limits *l = NULL;
    char name[400];

    (void)state;
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(limits_new(1, &l), OK);
    assert_int_equal(limits_check(l, name, 1), ERR_FULL);
    limits_free(l);
}

static void a_map_finds_each_of_many_ids_and_no_other(void **state)
{
    struct idmap m = {0};
    uint32_t value;

    (void)state;
    for (uint32_t i = 0; i < 50000; i++) {
        struct id id = {{0}};

        memcpy(id.b + 12, &i, sizeof i);
        assert_int_equal(idmap_get(&m, id, &value), ERR_NOTFOUND);
        assert_int_equal(idmap_put(&m, id, i), OK);
        assert_int_equal(idmap_put(&m, id, i + 1), OK); /* again: the new value */
    }
    for (uint32_t i = 0; i < 50000; i++) {
        struct id id = {{0}};

        memcpy(id.b + 12, &i, sizeof i);
        assert_int_equal(idmap_get(&m, id, &value), OK);
        assert_int_equal(value, i + 1);
    }
    assert_int_equal(m.len, 50000);
    idmap_free(&m);
    assert_int_equal(idmap_get(&m, (struct id){{0}}, &value), ERR_NOTFOUND);
}

static int set_up(void **state)
{
    (void)state;
    log_start("test", LOG_ERROR_);
    return crypto_start() == OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_minute_wherever_it_begins_has_more_than_the_limit),
        cmocka_unit_test(one_person_s_hurry_is_not_another_s),
        cmocka_unit_test(asking_counts_nothing),
        cmocka_unit_test(invented_names_fill_the_table_for_a_minute_at_most),
        cmocka_unit_test(a_name_that_is_too_long_is_no_way_around),
        cmocka_unit_test(a_map_finds_each_of_many_ids_and_no_other),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
