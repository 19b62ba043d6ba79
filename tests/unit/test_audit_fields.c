/* SPDX-License-Identifier: Apache-2.0 */
/* audit_fields: what somebody may have written down, and what a line says: each field once, and none that a name made
 * up. */
#include "devicescout/audit_fields.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

static struct audit_entry entry(const char *detail)
{
    return (struct audit_entry){.event = "scout.sign_in", .detail = detail, .detail_len = strlen(detail)};
}

/* All that a walk gives, as "[key|value][key|value]". */
static const char *fields(const char *detail)
{
    static char seen[2 * AUDIT_LINE_MAX];
    const struct audit_entry e = entry(detail);
    struct audit_walk w;
    struct audit_field f;
    size_t len = 0;

    seen[0] = '\0';
    audit_walk_start(&w, &e);
    while (audit_walk_next(&w, &f))
        len += (size_t)snprintf(seen + len, sizeof seen - len, "[%s|%s]", f.key, f.value);
    return seen;
}

static void what_is_not_fields_is_refused(void **state)
{
    static const char *const wrong[] = {"x",           "=x",
                                        " ",           " a=1",
                                        "a=1 ",        "a=1  b=2",
                                        "A=1",         "a-b=1",
                                        "a1=2",        "a=1 b",
                                        "a=b=c",       "a=%",
                                        "a=%4",        "a=%4g",
                                        "a=%00",       "a=\"",
                                        "a=\n",        "a=\x1b[2J",
                                        "a=\xc3\xa9",  "a=1 a=2",
                                        "a=1 b=2 a=",  "detail=x",
                                        "a=1 detail=", "a=1\tb=2",
                                        "a=(b)",       "a_key_that_is_longer_than_keys_are=1"};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (audit_fields_check(wrong[i]) != ERR_FORMAT)
            fail_msg("'%s' was taken for fields", wrong[i]);
    }
    assert_int_equal(audit_fields_check(""), OK); /* the controls */
    assert_int_equal(audit_fields_check("a=1"), OK);
    assert_int_equal(audit_fields_check("a= b=%C3%A9 ab=x.y:z@h/,+-_ details=1"), OK);
}

static void more_fields_than_a_line_has_room_for_are_refused(void **state)
{
    char text[8 * AUDIT_FIELDS_MOST] = "";

    (void)state;
    for (int i = 0; i < AUDIT_FIELDS_MOST; i++)
        sprintf(text + strlen(text), "%s%c=1", i > 0 ? " " : "", 'a' + i);
    assert_int_equal(audit_fields_check(text), OK);
    strcat(text, " z=1");
    assert_int_equal(audit_fields_check(text), ERR_FORMAT);
}

static void whatever_is_put_is_taken_and_comes_back_as_it_was(void **state)
{
    static const char *const evil[] = {"x by=password", "a\nb", "%41",      "\x1b[2J", "caf\xc3\xa9", "\xff\xfe", "",
                                       "a\"]b",         "=",    "a  b  c ", "detail=x"};

    (void)state;
    for (size_t i = 0; i < sizeof evil / sizeof *evil; i++) {
        struct audit_fields f = {.len = 0};
        char want[128];

        audit_fields_put(&f, "person", evil[i]);
        audit_fields_put(&f, "account", NULL);
        audit_fields_put_number(&f, "count", 7);
        assert_int_equal(audit_fields_check(f.text), OK);
        snprintf(want, sizeof want, "[person|%s][count|7]", evil[i]);
        assert_string_equal(fields(f.text), want);
    }
}

static void what_does_not_fit_whole_is_left_out(void **state)
{
    struct audit_fields f = {.len = 0};
    char name[256], huge[AUDIT_FIELDS_SIZE];

    (void)state;
    memset(name, ' ', 255);
    name[255] = '\0';
    memset(huge, 'a', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    audit_fields_put(&f, "huge", huge);
    assert_int_equal(f.len, 0);
    audit_fields_put(&f, "person", name);
    audit_fields_put(&f, "account", name);
    assert_int_equal(f.len, 2 * 3 * 255 + strlen("person= account="));
    audit_fields_put(&f, "title", name);
    audit_fields_put(&f, "by", "password");
    assert_int_equal(strlen(f.text), f.len);
    assert_string_equal(f.text + f.len - strlen("%20 by=password"), "%20 by=password");
    assert_null(strstr(f.text, "title"));
    assert_int_equal(audit_fields_check(f.text), OK);
}

static void a_name_in_a_line_of_old_makes_no_field(void **state)
{
    char once[512], twice[1024], line[1100], want[512];
    const char *const evil = "x by=1 outcome=yes detail=y";

    (void)state;
    snprintf(line, sizeof line, "person=%s by=3", audit_escape(evil, once, sizeof once));
    snprintf(line, sizeof line, "detail=%s", audit_escape(strcpy(want, line), twice, sizeof twice));
    assert_string_equal(fields(line), "[person|x by=1 outcome=yes detail=y][by|3]");
    assert_string_equal(fields("detail=a%3D1 b=2"), "[detail|a=1][b|2]"); /* no line of old says more */
}

static void what_was_no_list_of_fields_stays_one_value(void **state)
{
    (void)state;
    assert_string_equal(fields("detail=some%20words%20a%3D1"), "[detail|some words a=1]");
    assert_string_equal(fields("detail="), "[detail|]");
    assert_string_equal(fields("detail=A%3D1"), "[detail|A=1]");
    assert_string_equal(fields("detail=a%3D1%20%20b%3D2"), "[detail|a=1  b=2]");
}

static void broken_escapes_stay_as_they_are(void **state)
{
    (void)state;
    assert_string_equal(fields("a=%zz%4 b=%41%00% c"), "[a|%zz%4][b|A%00%]");
    assert_string_equal(fields(""), "");
    assert_string_equal(fields("="), "");
}

static void a_value_is_found_decoded_and_never_cut(void **state)
{
    const struct audit_entry e = entry("job=0a person=%C3%87elik%20C count=12 per=1");
    char value[9];
    uint64_t count;

    (void)state;
    assert_int_equal(audit_value(&e, "person", value, sizeof value), OK);
    assert_string_equal(value, "\xc3\x87"
                               "elik C");
    assert_int_equal(audit_value(&e, "person", value, sizeof value - 1), ERR_LIMIT);
    assert_int_equal(audit_value(&e, "pers", value, sizeof value), ERR_NOTFOUND);
    assert_int_equal(audit_value_number(&e, "count", &count), OK);
    assert_int_equal(count, 12);
    assert_int_equal(audit_value_number(&e, "job", &count), ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_fields_is_refused),
        cmocka_unit_test(more_fields_than_a_line_has_room_for_are_refused),
        cmocka_unit_test(whatever_is_put_is_taken_and_comes_back_as_it_was),
        cmocka_unit_test(what_does_not_fit_whole_is_left_out),
        cmocka_unit_test(a_name_in_a_line_of_old_makes_no_field),
        cmocka_unit_test(what_was_no_list_of_fields_stays_one_value),
        cmocka_unit_test(broken_escapes_stay_as_they_are),
        cmocka_unit_test(a_value_is_found_decoded_and_never_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
