/* SPDX-License-Identifier: Apache-2.0 */
/* audit_fields: what a line says to other systems: each field once, decoded, and none that a name made up. */
#include "devicescout/fleet/audit_fields.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

static char seen[8192];

static void note(void *arg, const char *key, const char *value)
{
    const size_t len = strlen(seen);

    (void)arg;
    snprintf(seen + len, sizeof seen - len, "[%s|%s]", key, value);
}

static const char *fields(const char *detail)
{
    const struct audit_entry e = {.event = "scout.sign_in", .detail = detail, .detail_len = strlen(detail)};

    seen[0] = '\0';
    audit_fields(&e, note, NULL);
    return seen;
}

static void a_name_makes_no_field(void **state)
{
    char once[512], twice[1024], line[1100], want[512];
    const char *const evil = "x by=1 outcome=yes detail=y";

    (void)state;
    snprintf(line, sizeof line, "person=%s by=3", audit_escape(evil, once, sizeof once));
    snprintf(line, sizeof line, "detail=%s", audit_escape(strcpy(want, line), twice, sizeof twice));
    assert_string_equal(fields(line), "[person|x by=1 outcome=yes detail=y][by|3]");
}

static void what_is_no_list_of_fields_stays_one_value(void **state)
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

static void a_line_of_the_keyholders_own_is_decoded(void **state)
{
    (void)state;
    assert_string_equal(fields("job=0a person=%C3%87elik%20C uri=ipps://h:631/x"), "[job|0a][person|\xc3\x87"
                                                                                   "elik C][uri|ipps://h:631/x]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_makes_no_field),
        cmocka_unit_test(what_is_no_list_of_fields_stays_one_value),
        cmocka_unit_test(broken_escapes_stay_as_they_are),
        cmocka_unit_test(a_line_of_the_keyholders_own_is_decoded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
