/* SPDX-License-Identifier: Apache-2.0 */
/* abilities: what a person reads before paper comes out, from hostile tickets and hostile printers. */
#include "devicescout/jobs/abilities.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "proto/profile.h"
#include "tests/unit/cmocka_test.h"

static const struct abilities office = {.formats = " application/pdf image/jpeg ",
                                        .sides = " one-sided two-sided-long-edge ",
                                        .colors = " monochrome auto ",
                                        .media = " iso_a4_210x297mm ",
                                        .copies_max = 20,
                                        .finishings = {3, 4},
                                        .finishings_len = 2};

static void put(struct wbuf *b, uint8_t tag, const char *name, const void *value, size_t len)
{
    assert_int_equal(wbuf_u8(b, tag), OK);
    assert_int_equal(wbuf_text16(b, name), OK);
    assert_int_equal(wbuf_bytes16(b, value, len), OK);
}

static size_t all_too_much(uint8_t *out, size_t size)
{
    struct wbuf b = wbuf_of(out, size);

    put(&b, 0x21, "copies", "\0\0\0\x15", 4);
    put(&b, 0x44, "sides", "two-sided-short-edge", 20);
    put(&b, 0x44, "print-color-mode", "color", 5);
    put(&b, 0x44, "media", "iso_a3_297x420mm", 16);
    put(&b, 0x23, "finishings", "\0\0\0\4", 4);
    put(&b, 0x23, "", "\0\0\0\5", 4);
    return b.len;
}

static void a_ticket_cut_at_any_byte_never_names_what_was_not_chosen(void **state)
{
    uint8_t ipp[512];
    const size_t len = all_too_much(ipp, sizeof ipp);
    const unsigned all = abilities_lack(&office, ipp, len);

    (void)state;
    for (size_t n = 0; n < len; n++)
        assert_int_equal(abilities_lack(&office, ipp, n) & ~all, 0);
    assert_int_equal(all, LACKS_COPIES | LACKS_SIDES | LACKS_COLOR | LACKS_MEDIA | LACKS_FINISHINGS);
}

static void a_value_of_the_wrong_kind_or_length_lacks_nothing(void **state)
{
    uint8_t ipp[256];
    struct wbuf b = wbuf_of(ipp, sizeof ipp);

    (void)state;
    put(&b, 0x21, "copies", "\xff\xff\xff", 3);
    put(&b, 0x44, "copies", "\xff\xff\xff\xff", 4);
    put(&b, 0x21, "sides", "\0\0\0\1", 4);
    assert_int_equal(abilities_lack(&office, ipp, b.len), 0);
}

static void words_of_a_printer_that_are_no_words_are_not_taken(void **state)
{
    char list[16] = "";

    (void)state;
    assert_int_equal(abilities_add(list, sizeof list, ""), ERR_FORMAT);
    assert_int_equal(abilities_add(list, sizeof list, "a b"), ERR_FORMAT);
    assert_int_equal(abilities_add(list, sizeof list, "<script>"), ERR_FORMAT);
    assert_int_equal(abilities_add(list, sizeof list, "one"), OK);
    assert_int_equal(abilities_add(list, sizeof list, "two-three"), OK);
    assert_int_equal(abilities_add(list, sizeof list, "x"), ERR_LIMIT);
    assert_string_equal(list, " one two-three ");
    assert_false(abilities_has(list, "two"));
    assert_false(abilities_has(list, "one two-three"));
    assert_false(abilities_has(list, ""));
    assert_true(abilities_has(list, "one"));
}

static void what_the_printer_lists_and_what_every_printer_does_is_never_missing(void **state)
{
    const struct abilities bare = {.formats = " application/pdf "};
    uint8_t ipp[512];
    struct wbuf b = wbuf_of(ipp, sizeof ipp);

    (void)state;
    put(&b, 0x21, "copies", "\0\0\0\1", 4);
    put(&b, 0x44, "sides", "one-sided", 9);
    put(&b, 0x44, "print-color-mode", "auto", 4);
    put(&b, 0x23, "finishings", "\0\0\0\3", 4);
    assert_int_equal(abilities_lack(&bare, ipp, b.len), 0);
    b = wbuf_of(ipp, sizeof ipp);
    put(&b, 0x21, "copies", "\0\0\0\x14", 4);
    put(&b, 0x44, "sides", "two-sided-long-edge", 19);
    put(&b, 0x44, "print-color-mode", "monochrome", 10);
    put(&b, 0x44, "media", "iso_a4_210x297mm", 16);
    put(&b, 0x23, "finishings", "\0\0\0\4", 4);
    put(&b, 0x44, "job-hold-until", "no-hold", 7);
    assert_int_equal(abilities_lack(&office, ipp, b.len), 0);
}

static void a_medium_beyond_a_list_that_was_cut_is_not_called_missing(void **state)
{
    struct abilities many = office;
    uint8_t ipp[512];
    const size_t len = all_too_much(ipp, sizeof ipp);

    (void)state;
    many.media_cut = 1;
    assert_int_equal(abilities_lack(&many, ipp, len) & LACKS_MEDIA, 0);
}

static void a_format_is_refused_only_when_its_bytes_tell_it_and_the_printer_does_not_list_it(void **state)
{
    const struct abilities nothing_known = {.copies_max = 1};
    struct abilities wraps = office;

    (void)state;
    assert_int_equal(abilities_take_format(&office, "application/postscript"), ABILITIES_NO);
    assert_int_equal(abilities_take_format(&office, "application/pdf"), ABILITIES_YES);
    assert_int_equal(abilities_take_format(&office, "application/octet-stream"), ABILITIES_UNKNOWN);
    assert_int_equal(abilities_take_format(&office, "text/plain"), ABILITIES_UNKNOWN);
    assert_int_equal(abilities_take_format(&nothing_known, "application/pdf"), ABILITIES_UNKNOWN);
    assert_int_equal(abilities_take_format(&office, "image/pwg-raster"), ABILITIES_NO);
    wraps.wraps = 1;
    assert_int_equal(abilities_take_format(&wraps, "image/pwg-raster"), ABILITIES_YES);
    assert_int_equal(abilities_take_format(&wraps, "image/urf"), ABILITIES_YES);
    assert_int_equal(abilities_take_format(&wraps, "application/postscript"), ABILITIES_NO);
}

static void a_raster_of_a_type_or_resolution_that_a_printer_lacks_is_refused_where_no_pdf_saves_it(void **state)
{
    static const struct {
        const char *format, *type;
        uint32_t dpi;
        enum abilities_answer answer;
    } cases[] = {
        {"image/pwg-raster", "srgb_8", 600, ABILITIES_NO},   {"image/pwg-raster", "sgray_8", 300, ABILITIES_NO},
        {"image/pwg-raster", "sgray_8", 600, ABILITIES_YES}, {"image/pwg-raster", "", 0, ABILITIES_YES},
        {"image/urf", "srgb_8", 600, ABILITIES_NO},          {"image/urf", "sgray_8", 301, ABILITIES_NO},
        {"image/urf", "sgray_8", 600, ABILITIES_YES},        {"image/urf", "sgray_8", 300, ABILITIES_YES},
        {"image/urf", "sgray_8", 30, ABILITIES_NO},          {"image/urf", "", 0, ABILITIES_YES}};
    struct abilities a = {.formats = " image/pwg-raster image/urf ",
                          .raster_types = " sgray_8 black_1 ",
                          .raster_dpis = {600},
                          .raster_dpis_len = 1,
                          .urf = " V1.4 W8 RS300-600 DM1 ",
                          .wraps = 1};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ticket_content c = {.raster_dpi = cases[i].dpi};

        strcpy(c.raster_type, cases[i].type);
        assert_int_equal(abilities_take(&a, cases[i].format, &c), cases[i].answer);
    }
    strcpy(a.formats, " image/pwg-raster image/urf application/pdf ");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(abilities_take(&a, cases[i].format, &(struct ticket_content){.raster_type = "srgb_8"}),
                         ABILITIES_YES);
}

static void pages_orientation_and_quality_that_a_printer_lacks_are_named(void **state)
{
    struct abilities a = office;
    uint8_t ipp[256];
    struct wbuf b = wbuf_of(ipp, sizeof ipp);

    (void)state;
    put(&b, 0x33, "page-ranges", "\0\0\0\2\0\0\0\3", 8);
    put(&b, 0x23, "orientation-requested", "\0\0\0\4", 4);
    put(&b, 0x23, "print-quality", "\0\0\0\5", 4);
    assert_int_equal(abilities_lack(&a, ipp, b.len), LACKS_PAGE_RANGES | LACKS_ORIENTATION | LACKS_QUALITY);
    a.page_ranges = 1;
    a.orientations = 1u << 4;
    a.qualities = PROFILE_HIGH;
    assert_int_equal(abilities_lack(&a, ipp, b.len), 0);
    b = wbuf_of(ipp, sizeof ipp);
    put(&b, 0x23, "orientation-requested", "\0\0\0\3", 4); /* portrait */
    put(&b, 0x23, "print-quality", "\0\0\0\4", 4);         /* normal */
    put(&b, 0x23, "orientation-requested", "\xff\0\0\4", 4);
    assert_int_equal(abilities_lack(&office, ipp, b.len), 0);
}

static void a_raw_printer_takes_its_language_and_no_options(void **state)
{
    const struct printer p = {.protocol = DELIVERY_RAW, .language = "pcl"};
    struct abilities a;
    uint8_t ipp[512];
    const size_t len = all_too_much(ipp, sizeof ipp);

    (void)state;
    abilities_of_raw(&p, &a);
    assert_int_equal(abilities_take_format(&a, "application/pdf"), ABILITIES_NO);
    assert_int_equal(abilities_take_format(&a, "application/vnd.hp-pcl"), ABILITIES_YES);
    assert_int_equal(abilities_lack(&a, ipp, len),
                     LACKS_COPIES | LACKS_SIDES | LACKS_COLOR | LACKS_MEDIA | LACKS_FINISHINGS);
}

static void a_raw_printer_that_answers_pjl_sets_copies_sides_colour_and_paper(void **state)
{
    const struct printer p = {.protocol = DELIVERY_RAW, .language = "pdf", .uri = "socket://mono:9100?pjl"};
    struct abilities a;
    uint8_t ipp[512];
    const size_t len = all_too_much(ipp, sizeof ipp);

    (void)state;
    abilities_of_raw(&p, &a);
    assert_int_equal(abilities_lack(&a, ipp, len), LACKS_MEDIA | LACKS_FINISHINGS); /* A3 */
    assert_int_equal(abilities_take_format(&a, "image/jpeg"), ABILITIES_YES);       /* as PDF */
}

static size_t of_size(uint8_t *out, size_t size, const void *x, const void *y)
{
    struct wbuf b = wbuf_of(out, size);

    put(&b, 0x34, "media-col", "", 0);
    put(&b, 0x4a, "", "media-size", 10);
    put(&b, 0x34, "", "", 0);
    put(&b, 0x4a, "", "x-dimension", 11);
    put(&b, 0x21, "", x, 4);
    put(&b, 0x4a, "", "y-dimension", 11);
    put(&b, 0x21, "", y, 4);
    put(&b, 0x37, "", "", 0);
    put(&b, 0x4a, "", "media-type", 10);
    put(&b, 0x44, "", "stationery", 10);
    put(&b, 0x37, "", "", 0);
    put(&b, 0x21, "copies", "\0\0\0\1", 4);
    return b.len;
}

static void paper_in_a_collection_is_compared_by_its_size(void **state)
{
    uint8_t ipp[256];
    struct abilities a = office;
    size_t len = of_size(ipp, sizeof ipp, "\0\0\x52\x08", "\0\0\x74\x04"); /* 210 x 297 mm */

    (void)state;
    assert_int_equal(abilities_lack(&a, ipp, len), 0);
    len = of_size(ipp, sizeof ipp, "\0\0\x54\x56", "\0\0\x6d\x24"); /* 8.5 x 11 in */
    assert_int_equal(abilities_lack(&a, ipp, len), LACKS_MEDIA);
    for (size_t n = 0; n < len; n++)
        assert_int_equal(abilities_lack(&a, ipp, n) & ~(unsigned)LACKS_MEDIA, 0);
    strcpy(a.media, " custom_max_ na_letter_8.5x11in ");
    assert_int_equal(abilities_lack(&a, ipp, len), 0);
}

static void names_of_media_that_end_in_no_size_are_none(void **state)
{
    (void)state;
    assert_true(abilities_has_size(" iso_a4_210x297mm ", 21000, 29700));
    assert_true(abilities_has_size(" x na_number-10_4.125x9.5in ", 10478, 24130));
    assert_false(abilities_has_size("", 21000, 29700));
    assert_false(abilities_has_size(" a4 _ __ _x _1x _1x1 _.x.mm _210x297cm _210x297mmm ", 21000, 29700));
    assert_false(abilities_has_size(" big_99999999x297mm big_210x4294967296mm ", 21000, 29700));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ticket_cut_at_any_byte_never_names_what_was_not_chosen),
        cmocka_unit_test(a_value_of_the_wrong_kind_or_length_lacks_nothing),
        cmocka_unit_test(words_of_a_printer_that_are_no_words_are_not_taken),
        cmocka_unit_test(what_the_printer_lists_and_what_every_printer_does_is_never_missing),
        cmocka_unit_test(a_medium_beyond_a_list_that_was_cut_is_not_called_missing),
        cmocka_unit_test(a_format_is_refused_only_when_its_bytes_tell_it_and_the_printer_does_not_list_it),
        cmocka_unit_test(a_raster_of_a_type_or_resolution_that_a_printer_lacks_is_refused_where_no_pdf_saves_it),
        cmocka_unit_test(pages_orientation_and_quality_that_a_printer_lacks_are_named),
        cmocka_unit_test(paper_in_a_collection_is_compared_by_its_size),
        cmocka_unit_test(names_of_media_that_end_in_no_size_are_none),
        cmocka_unit_test(a_raw_printer_takes_its_language_and_no_options),
        cmocka_unit_test(a_raw_printer_that_answers_pjl_sets_copies_sides_colour_and_paper),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
