/* SPDX-License-Identifier: Apache-2.0 */
/* directory_text: what an attacker types into a user name, and what a server may answer to "Who am I?". */
#include <string.h>

#include "devicescout/people/directory_text.h"
#include "tests/unit/cmocka_test.h"

#define DN "uid=alice,ou=people,dc=example,dc=test"

static void a_filter_in_a_name_stays_a_value(void **state)
{
    char out[256];

    (void)state;
    assert_int_equal(directory_filter_write("(uid=%s)", "*)(uid=*", out, sizeof out), OK);
    assert_string_equal(out, "(uid=\\2a\\29\\28uid\\3d\\2a)");
    assert_int_equal(directory_filter_write("(uid=%s)", "a\\2a", out, sizeof out), OK);
    assert_string_equal(out, "(uid=a\\5c2a)");
    assert_int_equal(directory_filter_write("(uid=%s)", "\xc3\xa7\x01 ", out, sizeof out), OK);
    assert_string_equal(out, "(uid=\\c3\\a7\\01\\20)");
}

static void a_name_goes_into_every_place_of_the_filter(void **state)
{
    char out[256];

    (void)state;
    assert_int_equal(directory_filter_write("(|(uid=%s)(mail=%s))", "bob", out, sizeof out), OK);
    assert_string_equal(out, "(|(uid=bob)(mail=bob))");
}

static void an_empty_or_endless_name_is_refused(void **state)
{
    char name[DIRECTORY_NAME_MAX + 2], out[DIRECTORY_FILTER_MAX];

    (void)state;
    assert_int_equal(directory_filter_write("(uid=%s)", "", out, sizeof out), ERR_FORMAT);
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(directory_filter_write("(uid=%s)", name, out, sizeof out), ERR_LIMIT);
}

static void a_filter_that_does_not_fit_is_refused_at_every_size(void **state)
{
    char out[64];

    (void)state;
    for (size_t size = 0; size < strlen("(uid=\\2a\\2a)") + 1; size++)
        assert_int_equal(directory_filter_write("(uid=%s)", "**", out, size), ERR_LIMIT);
    assert_int_equal(directory_filter_write("(uid=%s)", "**", out, strlen("(uid=\\2a\\2a)") + 1), OK);
}

static void a_template_without_a_place_or_with_another_percent_is_refused(void **state)
{
    (void)state;
    assert_int_equal(directory_filter_check("(uid=alice)"), ERR_FORMAT);
    assert_int_equal(directory_filter_check("uid=%s"), ERR_FORMAT);
    assert_int_equal(directory_filter_check("(uid=%n)"), ERR_FORMAT);
    assert_int_equal(directory_filter_check("(uid=%s%)"), ERR_FORMAT);
    assert_int_equal(directory_filter_check(""), ERR_FORMAT);
    assert_int_equal(directory_filter_check("(&(uid=%s)(objectClass=person))"), OK);
}

static int names(const char *authzid, const struct directory_entry *entry)
{
    return directory_is_entry(authzid, strlen(authzid), entry);
}

static void nobody_and_somebody_else_are_not_the_entry(void **state)
{
    const struct directory_entry entry = {.dn = DN};

    (void)state;
    assert_false(names("", &entry)); /* anonymous */
    assert_false(names("dn:", &entry));
    assert_false(names("dn:uid=bob,ou=people,dc=example,dc=test", &entry));
    assert_false(names("dn:" DN ",dc=more", &entry));
    assert_false(names("dn:uid=alice", &entry));
    assert_false(names(DN, &entry));
    assert_false(names("u:alice", &entry)); /* the entry has no account name to compare with */
    assert_false(directory_is_entry("dn:" DN "\0", strlen("dn:" DN) + 1, &entry));
}

static void the_same_dn_in_another_spelling_is_the_entry(void **state)
{
    const struct directory_entry entry = {.dn = DN};

    (void)state;
    assert_true(names("dn:" DN, &entry));
    assert_true(names("dn:UID=Alice, OU=people, DC=example, DC=test", &entry));
    assert_true(directory_same_dn("cn=a+uid=b,dc=x", "uid=b+cn=a,dc=x"));
    assert_false(directory_same_dn("cn=a+uid=b,dc=x", "cn=a,dc=x"));
    assert_true(directory_same_dn("cn=O\\2cNeil,dc=x", "cn=O\\,Neil,dc=x"));
    assert_false(directory_same_dn("", ""));
    assert_false(directory_same_dn("not a dn", "not a dn"));
}

static void an_account_name_or_a_sid_names_the_entry(void **state)
{
    /* S-1-5-21-1-2-3-1104 */
    static const uint8_t sid[] = {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0,    0, 1, 0,
                                  0, 0, 2, 0, 0, 0, 3, 0, 0,  0, 0x50, 4, 0, 0};
    const struct directory_entry entry = {.dn = DN, .account = "alice", .sid = sid, .sid_len = sizeof sid};

    (void)state;
    assert_true(names("u:EXAMPLE\\alice", &entry));
    assert_true(names("u:alice", &entry));
    assert_true(names("u:S-1-5-21-1-2-3-1104", &entry));
    assert_false(names("u:S-1-5-21-1-2-3-1105", &entry));
    assert_false(names("u:EXAMPLE\\bob", &entry));
    assert_false(names("u:EXAMPLE\\", &entry));
    assert_false(names("u:", &entry));
}

static void a_sid_that_is_none_is_refused(void **state)
{
    static const uint8_t sid[72] = {1, 16};
    char text[SID_TEXT_SIZE];

    (void)state;
    assert_int_equal(directory_sid_text(sid, 0, text), ERR_FORMAT);
    assert_int_equal(directory_sid_text(sid, 7, text), ERR_FORMAT);
    assert_int_equal(directory_sid_text(sid, 72, text), ERR_FORMAT); /* sixteen parts */
    assert_int_equal(directory_sid_text((const uint8_t[8]){2, 0}, 8, text), ERR_FORMAT);
    assert_int_equal(directory_sid_text((const uint8_t[9]){1, 0}, 9, text), ERR_FORMAT);
}

static void the_longest_sid_fits_its_text(void **state)
{
    uint8_t sid[8 + 4 * 15];
    char text[SID_TEXT_SIZE];

    (void)state;
    memset(sid, 0xff, sizeof sid);
    sid[0] = 1;
    sid[1] = 15;
    assert_int_equal(directory_sid_text(sid, sizeof sid, text), OK);
    assert_int_equal(strlen(text), strlen("S-1-281474976710655") + 15 * strlen("-4294967295"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_in_a_name_stays_a_value),
        cmocka_unit_test(a_name_goes_into_every_place_of_the_filter),
        cmocka_unit_test(an_empty_or_endless_name_is_refused),
        cmocka_unit_test(a_filter_that_does_not_fit_is_refused_at_every_size),
        cmocka_unit_test(a_template_without_a_place_or_with_another_percent_is_refused),
        cmocka_unit_test(nobody_and_somebody_else_are_not_the_entry),
        cmocka_unit_test(the_same_dn_in_another_spelling_is_the_entry),
        cmocka_unit_test(an_account_name_or_a_sid_names_the_entry),
        cmocka_unit_test(a_sid_that_is_none_is_refused),
        cmocka_unit_test(the_longest_sid_fits_its_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
