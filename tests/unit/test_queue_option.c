/* SPDX-License-Identifier: Apache-2.0 */
/* The options that a person may choose, value by value. */
#include <stdio.h>
#include <string.h>

#include "printscout/queue/option.h"
#include "tests/unit/cmocka_test.h"

static struct profile office; /* what is usual */

/* What a site has whose only printer can little. */
static struct profile plain(void)
{
    struct profile p = {.formats = PROFILE_PDF, .copies_max = 1};

    profile_add_word(p.media, &p.media_len, PROFILE_MEDIA_MAX, "na_letter_8.5x11in");
    return p;
}

static int takes(ipp_t *ipp, const char *name)
{
    const struct option *o = option_find(name);
    ipp_attribute_t *a = ippFindAttribute(ipp, name, IPP_TAG_ZERO);

    assert_non_null(o);
    assert_non_null(a);
    return option_takes(o, &office, a);
}

static void numbers_out_of_range_are_not_taken(void **state)
{
    static const struct {
        const char *name;
        ipp_tag_t tag;
        int value, taken;
    } cases[] = {
        {"copies", IPP_TAG_INTEGER, 0, 0},
        {"copies", IPP_TAG_INTEGER, -1, 0},
        {"copies", IPP_TAG_INTEGER, 1000, 0},
        {"copies", IPP_TAG_INTEGER, INT32_MIN, 0},
        {"copies", IPP_TAG_ENUM, 2, 0},
        {"copies", IPP_TAG_INTEGER, 999, 1},
        {"print-quality", IPP_TAG_ENUM, 2, 0},
        {"print-quality", IPP_TAG_ENUM, 5, 1},
        {"print-quality", IPP_TAG_INTEGER, 5, 0},
        {"number-up", IPP_TAG_INTEGER, 3, 0},
        {"number-up", IPP_TAG_INTEGER, 4, 1},
        {"job-cancel-after", IPP_TAG_INTEGER, 0, 0},
        {"job-cancel-after", IPP_TAG_INTEGER, INT32_MAX, 1},
        {"orientation-requested", IPP_TAG_ENUM, 8, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ipp_t *ipp = ippNew();

        ippAddInteger(ipp, IPP_TAG_JOB, cases[i].tag, cases[i].name, cases[i].value);
        if (takes(ipp, cases[i].name) != cases[i].taken)
            fail_msg("%s = %d", cases[i].name, cases[i].value);
        ippDelete(ipp);
    }
}

static void words_that_are_not_listed_are_not_taken(void **state)
{
    static const struct {
        const char *name, *value;
        ipp_tag_t tag;
        int taken;
    } cases[] = {
        {"sides", "three-sided", IPP_TAG_KEYWORD, 0},      {"sides", "two-sided-long-edge", IPP_TAG_KEYWORD, 1},
        {"sides", "two-sided-long-edge", IPP_TAG_NAME, 0}, {"media", "iso_a4_210x297mm", IPP_TAG_KEYWORD, 1},
        {"media", "iso_a4_210x297mm", IPP_TAG_NAME, 1},    {"media", "iso_a4_210x297mm ", IPP_TAG_KEYWORD, 0},
        {"print-color-mode", "", IPP_TAG_KEYWORD, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ipp_t *ipp = ippNew();

        ippAddString(ipp, IPP_TAG_JOB, cases[i].tag, cases[i].name, NULL, cases[i].value);
        if (takes(ipp, cases[i].name) != cases[i].taken)
            fail_msg("%s = '%s'", cases[i].name, cases[i].value);
        ippDelete(ipp);
    }
}

static void more_values_than_an_option_has_are_not_taken(void **state)
{
    static const char *const two[] = {"one-sided", "two-sided-long-edge"};
    static const int finishings[] = {4, 5};
    ipp_t *ipp = ippNew();

    (void)state;
    ippAddStrings(ipp, IPP_TAG_JOB, IPP_TAG_KEYWORD, "sides", 2, NULL, two);
    assert_false(takes(ipp, "sides"));
    ippAddIntegers(ipp, IPP_TAG_JOB, IPP_TAG_ENUM, "finishings", 2, finishings);
    assert_true(takes(ipp, "finishings"));
    ippDelete(ipp);
}

static void page_ranges_rise_and_do_not_overlap(void **state)
{
    static const struct {
        int a, b, c, d, taken;
    } cases[] = {{0, 3, 5, 6, 0}, {3, 1, 5, 6, 0},   {1, 3, 3, 6, 0},
                 {5, 6, 1, 2, 0}, {-4, -1, 5, 6, 0}, {1, 3, 5, 6, 1}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ipp_t *ipp = ippNew();
        ipp_attribute_t *a = ippAddRange(ipp, IPP_TAG_JOB, "page-ranges", cases[i].a, cases[i].b);

        ippSetRange(ipp, &a, 1, cases[i].c, cases[i].d);
        if (takes(ipp, "page-ranges") != cases[i].taken)
            fail_msg("%d-%d,%d-%d", cases[i].a, cases[i].b, cases[i].c, cases[i].d);
        ippDelete(ipp);
    }
}

static ipp_t *media_col(int x, int y, const char *type, int margin)
{
    ipp_t *ipp = ippNew(), *col = ippNew(), *size = ippNew();

    ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "x-dimension", x);
    ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "y-dimension", y);
    ippAddCollection(col, IPP_TAG_ZERO, "media-size", size);
    ippAddString(col, IPP_TAG_ZERO, IPP_TAG_KEYWORD, "media-type", NULL, type);
    ippAddInteger(col, IPP_TAG_ZERO, IPP_TAG_INTEGER, "media-top-margin", margin);
    ippAddCollection(ipp, IPP_TAG_JOB, "media-col", col);
    ippDelete(size);
    ippDelete(col);
    return ipp;
}

static void a_media_col_with_an_unknown_member_value_is_not_taken(void **state)
{
    static const struct {
        int x, y;
        const char *type;
        int margin, taken;
    } cases[] = {
        {21000, 29700, "stationery", 423, 1}, {21000, 29700, "stationery", 0, 1},
        {21000, 29700, "papyrus", 423, 0},    {29700, 21000, "stationery", 423, 0},
        {-1, -1, "stationery", 423, 0},       {21000, 29700, "stationery", -1, 0},
        {0, 0, "stationery", 423, 0},         {21000, 29700, "stationery", 1 << 30, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ipp_t *ipp = media_col(cases[i].x, cases[i].y, cases[i].type, cases[i].margin);

        if (takes(ipp, "media-col") != cases[i].taken)
            fail_msg("%d x %d, %s, %d", cases[i].x, cases[i].y, cases[i].type, cases[i].margin);
        ippDelete(ipp);
    }
}

static void a_resolution_in_other_units_or_not_square_is_not_taken(void **state)
{
    static const struct {
        int x, y;
        ipp_res_t units;
        int taken;
    } cases[] = {{300, 300, IPP_RES_PER_INCH, 1},
                 {300, 600, IPP_RES_PER_INCH, 0},
                 {300, 300, IPP_RES_PER_CM, 0},
                 {1, 1, IPP_RES_PER_INCH, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ipp_t *ipp = ippNew();

        ippAddResolution(ipp, IPP_TAG_JOB, "printer-resolution", cases[i].units, cases[i].x, cases[i].y);
        if (takes(ipp, "printer-resolution") != cases[i].taken)
            fail_msg("%d x %d", cases[i].x, cases[i].y);
        ippDelete(ipp);
    }
}

static void expect_own_defaults(const struct profile *p)
{
    size_t count;
    const struct option *options = option_table(&count);
    ipp_t *printer = ippNew();
    char name[64];

    for (size_t i = 0; i < count; i++) {
        ipp_attribute_t *a;

        option_describe(&options[i], p, printer);
        snprintf(name, sizeof name, "%s-default", options[i].name);
        a = ippFindAttribute(printer, name, IPP_TAG_ZERO);
        if (a != NULL && ippGetValueTag(a) != IPP_TAG_NOVALUE && !option_takes(&options[i], p, a))
            fail_msg("%s", name);
    }
    ippDelete(printer);
}

static void every_option_takes_its_own_default(void **state)
{
    const struct profile least = plain();

    (void)state;
    expect_own_defaults(&office);
    expect_own_defaults(&least);
}

static void what_no_printer_of_the_site_can_is_not_taken(void **state)
{
    static const struct {
        const char *name;
        ipp_tag_t tag;
        int number;
        const char *word;
        int plain;
    } cases[] = {
        {"copies", IPP_TAG_INTEGER, 2, NULL, 0},
        {"copies", IPP_TAG_INTEGER, 1, NULL, 1},
        {"finishings", IPP_TAG_ENUM, 4, NULL, 0},
        {"finishings", IPP_TAG_ENUM, 3, NULL, 1},
        {"media", IPP_TAG_KEYWORD, 0, "iso_a4_210x297mm", 0},
        {"media", IPP_TAG_KEYWORD, 0, "na_letter_8.5x11in", 1},
        {"output-bin", IPP_TAG_KEYWORD, 0, "face-up", 0},
        {"output-bin", IPP_TAG_KEYWORD, 0, "auto", 1},
        {"print-color-mode", IPP_TAG_KEYWORD, 0, "color", 0},
        {"print-color-mode", IPP_TAG_KEYWORD, 0, "monochrome", 1},
        {"print-quality", IPP_TAG_ENUM, 5, NULL, 0},
        {"print-quality", IPP_TAG_ENUM, 4, NULL, 1},
        {"sides", IPP_TAG_KEYWORD, 0, "two-sided-long-edge", 0},
        {"sides", IPP_TAG_KEYWORD, 0, "one-sided", 1},
    };
    const struct profile least = plain();

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct option *o = option_find(cases[i].name);
        ipp_t *ipp = ippNew();
        ipp_attribute_t *a = cases[i].word != NULL
                                 ? ippAddString(ipp, IPP_TAG_JOB, cases[i].tag, cases[i].name, NULL, cases[i].word)
                                 : ippAddInteger(ipp, IPP_TAG_JOB, cases[i].tag, cases[i].name, cases[i].number);

        if (option_takes(o, &least, a) != cases[i].plain || !option_takes(o, &office, a))
            fail_msg("%s, %d %s", cases[i].name, cases[i].number, cases[i].word);
        ippDelete(ipp);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_out_of_range_are_not_taken),
        cmocka_unit_test(words_that_are_not_listed_are_not_taken),
        cmocka_unit_test(more_values_than_an_option_has_are_not_taken),
        cmocka_unit_test(page_ranges_rise_and_do_not_overlap),
        cmocka_unit_test(a_media_col_with_an_unknown_member_value_is_not_taken),
        cmocka_unit_test(a_resolution_in_other_units_or_not_square_is_not_taken),
        cmocka_unit_test(what_no_printer_of_the_site_can_is_not_taken),
        cmocka_unit_test(every_option_takes_its_own_default),
    };

    profile_default(&office);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
