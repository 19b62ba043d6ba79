/* SPDX-License-Identifier: Apache-2.0 */
#include "printscout/queue/people.h"

#include "base/file.h"
#include "tests/unit/scratch.h"

static struct people *opened(const struct scratch *s)
{
    struct people *p = NULL;

    assert_int_equal(people_new(s->fd, &p), OK);
    return p;
}

static uint32_t number_of(struct people *p, const char *person)
{
    uint32_t number = 0;

    assert_int_equal(people_number(p, person, &number), OK);
    assert_true(people_is_number(number));
    return number;
}

static void a_damaged_file_is_refused(void **state)
{
    static const char *const texts[] = {"alice", "alice\n\nbob\n", "alice\nb\x01\n", "alice\nbob", "\n"};
    const struct scratch *s = *state;
    struct people *p = NULL;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(file_replace(s->fd, PEOPLE_FILE, texts[i], strlen(texts[i]), 0600), OK);
        assert_int_equal(people_new(s->fd, &p), ERR_FORMAT);
        assert_null(p);
    }
    assert_int_equal(file_replace(s->fd, PEOPLE_FILE, "alice\n\0bob\n", 11, 0600), OK);
    assert_int_equal(people_new(s->fd, &p), ERR_FORMAT);
}

static void what_is_no_name_gets_no_number(void **state)
{
    static const char *const names[] = {"", "alice\n", "alice\nroot", "\xff"};
    struct people *p = opened(*state);
    uint32_t number = 0;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(people_number(p, names[i], &number), ERR_FORMAT);
    assert_int_equal(number, 0);
    people_free(p);
}

static void a_number_is_one_persons_for_ever(void **state)
{
    struct people *p = opened(*state);
    const uint32_t alice = number_of(p, "alice"), bob = number_of(p, "bob");
    char name[PERSON_SIZE];

    assert_int_not_equal(alice, bob);
    assert_int_not_equal(number_of(p, "Alice"), alice); /* names are bytes: the site has made them one already */
    people_free(p);
    p = opened(*state);
    assert_int_equal(number_of(p, "bob"), bob);
    assert_int_equal(number_of(p, "alice"), alice);
    assert_int_equal(people_name(p, alice, name), OK);
    assert_string_equal(name, "alice");
    assert_int_equal(people_name(p, alice + 3, name), ERR_NOTFOUND);
    assert_int_equal(people_name(p, 0, name), ERR_NOTFOUND);
    people_free(p);
}

static void no_account_of_this_computer_is_a_persons_number(void **state)
{
    (void)state;
    assert_false(people_is_number(0));
    assert_false(people_is_number(65534));
    assert_false(people_is_number(PEOPLE_FIRST - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_damaged_file_is_refused, scratch_new, scratch_free),
        cmocka_unit_test_setup_teardown(what_is_no_name_gets_no_number, scratch_new, scratch_free),
        cmocka_unit_test_setup_teardown(a_number_is_one_persons_for_ever, scratch_new, scratch_free),
        cmocka_unit_test(no_account_of_this_computer_is_a_persons_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
