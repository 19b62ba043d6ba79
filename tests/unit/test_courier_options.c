/* SPDX-License-Identifier: Apache-2.0 */
/* An order's options against what a printer lists, and its formats. */
#include "printscout/courier/ipp_options.h"

#include <string.h>

#include "printscout/courier/format.h"
#include "tests/unit/cmocka_test.h"

static int set_up(void **state)
{
    ipp_t *p = ippNew();
    static const char *const sides[] = {"one-sided", "two-sided-long-edge"};
    static const char *const formats[] = {"application/octet-stream", "application/pdf"};
    static const int qualities[] = {3, 4};

    ippAddRange(p, IPP_TAG_PRINTER, "copies-supported", 1, 99);
    ippAddStrings(p, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "sides-supported", 2, NULL, sides);
    ippAddBoolean(p, IPP_TAG_PRINTER, "page-ranges-supported", 1);
    ippAddIntegers(p, IPP_TAG_PRINTER, IPP_TAG_ENUM, "print-quality-supported", 2, qualities);
    ippAddStrings(p, IPP_TAG_PRINTER, IPP_TAG_MIMETYPE, "document-format-supported", 2, NULL, formats);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    ippDelete(*state);
    return 0;
}

/* One attribute as RFC 8010 writes it. */
static void add(struct order *o, uint8_t tag, const char *name, const void *value, uint16_t len)
{
    struct wbuf b = wbuf_of(o->options, sizeof o->options);

    b.len = o->options_len;
    assert_int_equal(wbuf_u8(&b, tag), OK);
    assert_int_equal(wbuf_bytes16(&b, name, strlen(name)), OK);
    assert_int_equal(wbuf_bytes16(&b, value, len), OK);
    o->options_len = b.len;
}

static void add_keyword(struct order *o, const char *name, const char *value)
{
    add(o, IPP_TAG_KEYWORD, name, value, (uint16_t)strlen(value));
}

static void add_number(struct order *o, uint8_t tag, const char *name, uint8_t value)
{
    const uint8_t bytes[4] = {0, 0, 0, value};

    add(o, tag, name, bytes, sizeof bytes);
}

static int has(ipp_t *options, const char *name)
{
    return ippFindAttribute(options, name, IPP_TAG_ZERO) != NULL;
}

static void options_that_are_no_attributes_are_refused(void **state)
{
    struct order o = {0};
    ipp_t *out = NULL;

    add_keyword(&o, "sides", "one-sided");
    for (size_t cut = 1; cut < o.options_len; cut++) {
        struct order shorter = o;

        shorter.options_len = cut;
        if (ipp_options_read(&shorter, *state, &out) == OK) { /* libcups may read a cut one as another; not beyond */
            ippDelete(out);
            out = NULL;
        }
    }
    o.options[1] = 0xff; /* a name of 65 thousand bytes */
    assert_int_equal(ipp_options_read(&o, *state, &out), ERR_FORMAT);
    assert_null(out);
}

static void operation_attributes_cannot_be_smuggled_in(void **state)
{
    static const uint8_t tag = IPP_TAG_OPERATION;
    struct order o = {0};
    ipp_t *out = NULL;

    memcpy(o.options, &tag, 1);
    o.options_len = 1;
    add(&o, IPP_TAG_NAME, "requesting-user-name", "root", 4);
    if (ipp_options_read(&o, *state, &out) == OK)
        assert_false(has(out, "requesting-user-name"));
    ippDelete(out);
}

static void what_the_printer_does_not_list_is_left_out(void **state)
{
    struct order o = {0};
    ipp_t *out = NULL;

    add_keyword(&o, "sides", "two-sided-short-edge"); /* a value that it has not */
    add_keyword(&o, "output-bin", "face-down");       /* an attribute that it has not */
    add_number(&o, IPP_TAG_INTEGER, "copies", 100);   /* more than it can */
    add_number(&o, IPP_TAG_ENUM, "print-quality", 5);
    assert_int_equal(ipp_options_read(&o, *state, &out), OK);
    assert_null(ippFirstAttribute(out));
    ippDelete(out);
}

static void bounds_that_mean_nothing_are_left_out_whatever_the_printer_takes(void **state)
{
    static const uint8_t ranges[][8] = {{0, 0, 0, 0, 0, 0, 0, 3},
                                        {0, 0, 0, 5, 0, 0, 0, 4},
                                        {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 3},
                                        {0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff}};
    static const uint8_t copies[][4] = {
        {0, 0, 0, 0}, {0, 0, 0, 100}, {0xff, 0xff, 0xff, 0xff}, {0x7f, 0xff, 0xff, 0xff}};

    for (size_t i = 0; i < 4; i++) {
        struct order o = {0};
        ipp_t *out = NULL;

        add(&o, IPP_TAG_RANGE, "page-ranges", ranges[i], sizeof ranges[i]);
        add(&o, IPP_TAG_INTEGER, "copies", copies[i], sizeof copies[i]);
        add_keyword(&o, "sides", "two-sided-diagonally");
        assert_int_equal(ipp_options_read(&o, *state, &out), OK);
        assert_null(ippFirstAttribute(out));
        ippDelete(out);
    }
}

static void what_the_queue_did_already_is_not_asked_of_the_printer_again(void **state)
{
    struct order o = {0};
    ipp_t *out = NULL;

    ippAddString(*state, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "job-hold-until-supported", NULL, "indefinite");
    ippAddRange(*state, IPP_TAG_PRINTER, "job-cancel-after-supported", 1, 1000);
    ippAddString(*state, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "job-release-action-supported", NULL, "owner-authorized");
    add_keyword(&o, "job-hold-until", "indefinite"); /* it would hold for ever what was just released */
    add_number(&o, IPP_TAG_INTEGER, "job-cancel-after", 60);
    add_keyword(&o, "job-release-action", "owner-authorized");
    assert_int_equal(ipp_options_read(&o, *state, &out), OK);
    assert_null(ippFirstAttribute(out));
    ippDelete(out);
}

static void what_it_lists_goes_into_the_job(void **state)
{
    static const uint8_t range[8] = {0, 0, 0, 1, 0, 0, 0, 3};
    struct order o = {0};
    ipp_t *out = NULL;

    add_keyword(&o, "sides", "two-sided-long-edge");
    add_number(&o, IPP_TAG_INTEGER, "copies", 2);
    add_number(&o, IPP_TAG_ENUM, "print-quality", 4);
    add(&o, IPP_TAG_RANGE, "page-ranges", range, sizeof range);
    assert_int_equal(ipp_options_read(&o, *state, &out), OK);
    assert_string_equal(ippGetString(ippFindAttribute(out, "sides", IPP_TAG_KEYWORD), 0, NULL), "two-sided-long-edge");
    assert_int_equal(ippGetInteger(ippFindAttribute(out, "copies", IPP_TAG_INTEGER), 0), 2);
    assert_true(has(out, "print-quality"));
    assert_true(has(out, "page-ranges"));
    assert_int_equal(ippGetGroupTag(ippFirstAttribute(out)), IPP_TAG_JOB);
    ippDelete(out);
}

static void no_options_are_no_attributes(void **state)
{
    const struct order o = {0};
    ipp_t *out = NULL;

    assert_int_equal(ipp_options_read(&o, *state, &out), OK);
    assert_null(ippFirstAttribute(out));
    ippDelete(out);
}

static void a_known_format_must_be_listed_even_where_anything_goes(void **state)
{
    static const uint8_t jpeg[] = {0xff, 0xd8, 0xff, 0xe0};

    assert_false(ipp_options_takes_format(*state, format_of(jpeg, sizeof jpeg)));
    assert_true(ipp_options_takes_format(*state, format_of((const uint8_t *)"%PDF-1.7", 8)));
    assert_true(ipp_options_takes_format(*state, format_of((const uint8_t *)"dear all", 8)));
}

static void a_document_shorter_than_any_mark_is_unknown(void **state)
{
    (void)state;
    assert_string_equal(format_of((const uint8_t *)"%PDF-", 4), FORMAT_UNKNOWN);
    assert_string_equal(format_of(NULL, 0), FORMAT_UNKNOWN);
    assert_string_equal(format_of((const uint8_t *)"UNIRAST", 8), "image/urf");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* media-col of a size, in hundredths of a millimetre, and a type. */
static void add_paper_of(struct order *o, const void *x, const void *y)
{
    add(o, IPP_TAG_BEGIN_COLLECTION, "media-col", "", 0);
    add(o, IPP_TAG_MEMBERNAME, "", "media-size", 10);
    add(o, IPP_TAG_BEGIN_COLLECTION, "", "", 0);
    add(o, IPP_TAG_MEMBERNAME, "", "x-dimension", 11);
    add(o, IPP_TAG_INTEGER, "", x, 4);
    add(o, IPP_TAG_MEMBERNAME, "", "y-dimension", 11);
    add(o, IPP_TAG_INTEGER, "", y, 4);
    add(o, IPP_TAG_END_COLLECTION, "", "", 0);
    add(o, IPP_TAG_MEMBERNAME, "", "media-type", 10);
    add(o, IPP_TAG_KEYWORD, "", "stationery", 10);
    add(o, IPP_TAG_END_COLLECTION, "", "", 0);
}

static void add_paper(struct order *o)
{
    add_paper_of(o, "\0\0\x54\x56", "\0\0\x6d\x24"); /* 8.5 x 11 inches */
}

static void paper_of_sizes_that_no_number_holds_is_none(void **state)
{
    /* libcups makes 2147483600 of the first, -1294967296 of the second. */
    static const char *const absurd[] = {"custom_x_21474836x21474836mm", "custom_x_30000000x30000000mm",
                                         "custom_x_99999999999x99999999999in", "custom_x_-1x-1mm"};
    static const char *const sizes[] = {"\x7f\0\0\0", "\xff\xff\xff\xff", "\x80\0\0\0"};

    ippAddStrings(*state, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "media-supported", 4, NULL, absurd);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct order o = {.options_len = 0};
        ipp_t *out = NULL;

        add_paper_of(&o, sizes[i], sizes[i]);
        assert_int_equal(ipp_options_read(&o, *state, &out), OK);
        assert_null(ippFirstAttribute(out));
        ippDelete(out);
    }
}

static void of_paper_in_a_collection_only_members_that_the_printer_knows_go_out(void **state)
{
    struct order o = {.options_len = 0};
    ipp_t *options = NULL, *paper;

    add_paper(&o);
    ippAddString(*state, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "media-col-supported", NULL, "media-size");
    assert_int_equal(ipp_options_read(&o, *state, &options), OK);
    paper = ippGetCollection(ippFindAttribute(options, "media-col", IPP_TAG_BEGIN_COLLECTION), 0);
    assert_non_null(ippFindAttribute(paper, "media-size", IPP_TAG_BEGIN_COLLECTION));
    assert_null(ippFindAttribute(paper, "media-type", IPP_TAG_ZERO));
    ippDelete(options);
}

static void paper_in_a_collection_goes_by_its_name_to_a_printer_that_knows_only_names(void **state)
{
    static const char *const media[] = {"custom_min", "iso_a4_210x297mm", "na_letter_8.5x11in"};
    struct order o = {.options_len = 0};
    ipp_t *options = NULL;

    add_paper(&o);
    assert_int_equal(ipp_options_read(&o, *state, &options), OK);
    assert_false(has(options, "media") || has(options, "media-col"));
    ippDelete(options);
    ippAddStrings(*state, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "media-supported", 3, NULL, media);
    assert_int_equal(ipp_options_read(&o, *state, &options), OK);
    assert_string_equal(ippGetString(ippFindAttribute(options, "media", IPP_TAG_KEYWORD), 0, NULL), media[2]);
    assert_false(has(options, "media-col"));
    ippDelete(options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(options_that_are_no_attributes_are_refused),
        TEST(operation_attributes_cannot_be_smuggled_in),
        TEST(what_the_printer_does_not_list_is_left_out),
        TEST(bounds_that_mean_nothing_are_left_out_whatever_the_printer_takes),
        TEST(what_the_queue_did_already_is_not_asked_of_the_printer_again),
        TEST(what_it_lists_goes_into_the_job),
        TEST(no_options_are_no_attributes),
        TEST(a_known_format_must_be_listed_even_where_anything_goes),
        TEST(a_document_shorter_than_any_mark_is_unknown),
        TEST(paper_of_sizes_that_no_number_holds_is_none),
        cmocka_unit_test_setup_teardown(of_paper_in_a_collection_only_members_that_the_printer_knows_go_out, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(paper_in_a_collection_goes_by_its_name_to_a_printer_that_knows_only_names,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
