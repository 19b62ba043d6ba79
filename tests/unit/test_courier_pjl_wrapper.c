/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of printscout/courier/pjl_wrapper.h: where PJL ends, and where it begins. Whole documents: tests/delivery. */
#include "printscout/courier/pjl_wrapper.h"

#include <string.h>

#include "tests/unit/cmocka_test.h"

#define UEL "\x1b%-12345X"

static size_t before(const char *head)
{
    return pjl_wrapper_before((const uint8_t *)head, strlen(head));
}

static size_t behind(const char *tail)
{
    return pjl_wrapper_behind((const uint8_t *)tail, strlen(tail));
}

static void a_line_without_an_end_is_no_line_at_the_start(void **state)
{
    (void)state;
    assert_int_equal(before(UEL "@PJL COMMENT"), strlen(UEL));
    assert_int_equal(before("@PJ"), 0);
    assert_int_equal(before("\x1b%-12345"), 0);
    assert_int_equal(before(""), 0);
}

static void what_a_document_begins_with_is_not_taken_for_pjl(void **state)
{
    (void)state;
    assert_int_equal(before("\x1b"
                            "E pcl"),
                     0);
    assert_int_equal(before("%!PS @PJL\n"), 0);
    assert_int_equal(before("pjl@PJL SET\n"), 0);
}

static void all_of_a_drivers_lines_are_left_out_and_nothing_behind_them(void **state)
{
    (void)state;
    assert_int_equal(before(UEL "@PJL SET COPIES=2\r\n@PJL ENTER LANGUAGE=PCL\r\n\x1b"
                                "E"),
                     strlen(UEL "@PJL SET COPIES=2\r\n@PJL ENTER LANGUAGE=PCL\r\n"));
    assert_int_equal(before(UEL UEL "@PJL\n%!PS"), strlen(UEL UEL "@PJL\n"));
    assert_int_equal(before("@PJL SET COPIES=2\n%!PS"), strlen("@PJL SET COPIES=2\n"));
}

static void an_end_with_anything_behind_the_pjl_is_none(void **state)
{
    (void)state;
    assert_int_equal(behind("page" UEL "@PJL EOJ\r\nmore"), 0);
    assert_int_equal(behind("page"), 0);
    assert_int_equal(behind("@PJL EOJ\r\n"), 0); /* in its language, that is the document's text */
    assert_int_equal(behind(""), 0);
}

static void the_end_is_left_out_from_where_the_language_is_left(void **state)
{
    (void)state;
    assert_int_equal(behind("page" UEL), strlen(UEL));
    assert_int_equal(behind("page" UEL "@PJL EOJ NAME=\"x\"\r\n" UEL), strlen(UEL "@PJL EOJ NAME=\"x\"\r\n" UEL));
    assert_int_equal(behind("page" UEL "@PJL EOJ"), strlen(UEL "@PJL EOJ"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_without_an_end_is_no_line_at_the_start),
        cmocka_unit_test(what_a_document_begins_with_is_not_taken_for_pjl),
        cmocka_unit_test(all_of_a_drivers_lines_are_left_out_and_nothing_behind_them),
        cmocka_unit_test(an_end_with_anything_behind_the_pjl_is_none),
        cmocka_unit_test(the_end_is_left_out_from_where_the_language_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
