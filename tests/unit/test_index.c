/* SPDX-License-Identifier: Apache-2.0 */
/* index: nobody's job gets onto another's list, and a list does not get slower with the site. */
#include "devicescout/jobs/index.h"

#include "base/clock.h"
#include "tests/unit/jobs_fixture.h"

static int make(void **state)
{
    const struct index_limits limits = {.jobs = 10000, .person_jobs = 100};

    return index_new(&limits, (struct index **)state) == OK ? 0 : -1;
}

static int end(void **state)
{
    index_free(*state);
    return 0;
}

static void a_node_cannot_replace_the_job_of_another(void **state)
{
    struct job *j, *mine = add_job(*state, 1, 100, "alice");
    const uint8_t other[] = "other";

    assert_int_equal(index_put(*state, id_of(1), id_of(101), 9, other, sizeof other, &j), ERR_REFUSED);
    assert_int_equal(mine->number, 1);
    assert_true(id_equal(mine->origin, id_of(100)));
}

static void an_older_description_does_not_replace_a_newer(void **state)
{
    const uint8_t first[] = "first", second[] = "second";
    struct job *j;

    assert_int_equal(index_put(*state, id_of(1), id_of(100), 2, second, sizeof second, &j), OK);
    assert_int_equal(index_put(*state, id_of(1), id_of(100), 1, first, sizeof first, &j), ERR_STALE);
    assert_int_equal(index_put(*state, id_of(1), id_of(100), 2, first, sizeof first, &j), ERR_STALE);
    assert_memory_equal(j->description, second, sizeof second);
    assert_int_equal(j->digest, digest_of(second, sizeof second));
    assert_int_equal(index_put(*state, id_of(1), id_of(100), 3, first, sizeof first, &j), OK);
    assert_memory_equal(j->description, first, sizeof first);
}

static void one_person_cannot_fill_the_index(void **state)
{
    const struct ticket t = ticket_of("", 0);
    const uint8_t description[] = "x";
    struct job *j;

    for (uint32_t i = 0; i < 100; i++)
        add_job(*state, i, 100, "alice");
    assert_int_equal(index_put(*state, id_of(100), id_of(100), 1, description, 1, &j), OK);
    assert_int_equal(index_describe(*state, j, "alice", "alice", &t), ERR_FULL);
    assert_string_equal(job_person(j), "");
    assert_int_equal(index_describe(*state, j, "bob", "bob", &t), OK);
}

static void a_full_index_takes_no_more_and_stays_whole(void **state)
{
    const uint8_t description[] = "x";
    struct job *j;

    for (uint32_t i = 0; i < 10000; i++)
        assert_int_equal(index_put(*state, id_of(i), id_of(100), 1, description, 1, &j), OK);
    assert_int_equal(index_put(*state, id_of(10000), id_of(100), 1, description, 1, &j), ERR_FULL);
    assert_non_null(index_find(*state, id_of(9999)));
    index_remove(*state, index_find(*state, id_of(5000)));
    assert_null(index_find(*state, id_of(5000)));
    assert_int_equal(index_put(*state, id_of(10000), id_of(100), 1, description, 1, &j), OK);
}

static void names_are_compared_as_bytes(void **state)
{
    add_job(*state, 1, 100, "alice");
    assert_null(index_of_person(*state, "Alice"));
    assert_null(index_of_person(*state, "alic"));
    assert_null(index_of_person(*state, "alice "));
    assert_null(index_of_person(*state, ""));
    assert_non_null(index_of_person(*state, "alice"));
}

static void a_list_is_oldest_first_whatever_came_first(void **state)
{
    static const uint32_t order[] = {5, 1, 4, 2, 3};
    uint32_t expected = 1;

    for (size_t i = 0; i < 5; i++)
        add_job(*state, order[i], 100, "alice");
    for (struct job *j = index_of_person(*state, "alice"); j != NULL; j = j->next)
        assert_true(id_equal(j->id, id_of(expected++)));
    assert_int_equal(expected, 6);
}

static void the_last_job_of_a_person_takes_the_person_with_it(void **state)
{
    struct job *a = add_job(*state, 1, 100, "alice"), *b = add_job(*state, 2, 100, "alice");

    index_remove(*state, a);
    assert_ptr_equal(index_of_person(*state, "alice"), b);
    index_remove(*state, b);
    assert_null(index_of_person(*state, "alice"));
    index_remove(*state, NULL);
    assert_int_equal(index_count(*state), 0);
}

static void a_new_description_keeps_the_place_and_may_change_the_person(void **state)
{
    struct job *a = add_job(*state, 1, 100, "alice");
    struct ticket t = ticket_of("renamed", 1);

    assert_int_equal(index_describe(*state, a, "alice", "alice", &t), OK);
    assert_string_equal(a->title, "renamed");
    assert_ptr_equal(index_of_person(*state, "alice"), a);
    assert_null(a->next);
    assert_int_equal(index_describe(*state, a, "bob", "bob", &t), OK);
    assert_null(index_of_person(*state, "alice"));
    assert_ptr_equal(index_of_person(*state, "bob"), a);
}

static void drop_odd(void *index, struct job *j)
{
    if (j->created_unix_ms % 2)
        index_remove(index, j);
}

static void every_job_is_visited_and_may_go(void **state)
{
    for (uint32_t i = 0; i < 50; i++)
        add_job(*state, i, 100, "alice");
    assert_int_equal(index_each(*state, drop_odd, *state), OK);
    assert_int_equal(index_count(*state), 25);
}

/* DESIGN section 9: 10,000 held jobs of 1,000 people; a list is there at once. */
static void a_list_among_ten_thousand_takes_less_than_a_millisecond(void **state)
{
    uint64_t start_us, count = 0;
    char person[32];

    for (uint32_t i = 0; i < 10000; i++) {
        snprintf(person, sizeof person, "person%u", i % 1000);
        add_job(*state, i, i % 1000, person);
    }
    start_us = clock_mono_us();
    for (int i = 0; i < 1000; i++) {
        snprintf(person, sizeof person, "person%d", i);
        for (struct job *j = index_of_person(*state, person); j != NULL; j = j->next)
            count++;
    }
    assert_int_equal(count, 10000);
    assert_in_range((clock_mono_us() - start_us) / 1000, 0, 1000); /* each of the thousand under a millisecond */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_node_cannot_replace_the_job_of_another, make, end),
        cmocka_unit_test_setup_teardown(an_older_description_does_not_replace_a_newer, make, end),
        cmocka_unit_test_setup_teardown(one_person_cannot_fill_the_index, make, end),
        cmocka_unit_test_setup_teardown(a_full_index_takes_no_more_and_stays_whole, make, end),
        cmocka_unit_test_setup_teardown(names_are_compared_as_bytes, make, end),
        cmocka_unit_test_setup_teardown(a_list_is_oldest_first_whatever_came_first, make, end),
        cmocka_unit_test_setup_teardown(the_last_job_of_a_person_takes_the_person_with_it, make, end),
        cmocka_unit_test_setup_teardown(a_new_description_keeps_the_place_and_may_change_the_person, make, end),
        cmocka_unit_test_setup_teardown(every_job_is_visited_and_may_go, make, end),
        cmocka_unit_test_setup_teardown(a_list_among_ten_thousand_takes_less_than_a_millisecond, make, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
