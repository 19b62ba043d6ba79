/* SPDX-License-Identifier: Apache-2.0 */
/* paper: counts from tickets that lie, and from those that do not. */
#include "devicescout/jobs/paper.h"

#include <stdint.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

static void put(struct wbuf *b, uint8_t tag, const char *name, const void *value, size_t len)
{
    assert_int_equal(wbuf_u8(b, tag), OK);
    assert_int_equal(wbuf_text16(b, name), OK);
    assert_int_equal(wbuf_bytes16(b, value, len), OK);
}

/* Three copies on both sides in grey, of pages 1 to 2 and 4 to 5. */
static size_t chosen(uint8_t *out, size_t size)
{
    struct wbuf b = wbuf_of(out, size);

    put(&b, 0x21, "copies", "\0\0\0\3", 4);
    put(&b, 0x33, "page-ranges", "\0\0\0\1\0\0\0\2", 8);
    put(&b, 0x33, "", "\0\0\0\4\0\0\0\5", 8);
    put(&b, 0x44, "sides", "two-sided-long-edge", 19);
    put(&b, 0x44, "print-color-mode", "monochrome", 10);
    return b.len;
}

static void attributes_cut_at_any_byte_or_with_any_byte_changed_count_no_more_than_the_document_can(void **state)
{
    uint8_t ipp[256];
    const size_t len = chosen(ipp, sizeof ipp);
    struct paper p;

    (void)state;
    for (size_t cut = 0; cut <= len; cut++) {
        paper_read(ipp, cut, 10, NULL, &p);
        assert_true(p.copies >= 1 && p.copies <= OPTIONS_COPIES_MAX && p.pages <= 20);
    }
    for (size_t i = 0; i < len; i++) {
        ipp[i] ^= 0xff;
        paper_read(ipp, len, 10, NULL, &p);
        assert_true(p.copies >= 1 && p.copies <= OPTIONS_COPIES_MAX && p.pages <= 20);
        ipp[i] ^= 0xff;
    }
}

static void copies_and_ranges_that_cannot_be_are_left_out(void **state)
{
    uint8_t ipp[256];
    struct wbuf b = wbuf_of(ipp, sizeof ipp);
    struct paper p;

    (void)state;
    put(&b, 0x21, "copies", "\xff\xff\xff\xff", 4);
    put(&b, 0x33, "page-ranges", "\0\0\0\5\0\0\0\2", 8);
    put(&b, 0x33, "", "\0\0\0\0\xff\xff\xff\xff", 8);
    put(&b, 0x44, "sides", "two", 3);
    paper_read(ipp, b.len, 7, NULL, &p);
    assert_int_equal(p.copies, 1);
    assert_int_equal(p.pages, 7);
    assert_false(p.two_sided);
    assert_int_equal(p.color, PAPER_AUTO);
}

static void what_was_chosen_at_the_computer_is_counted(void **state)
{
    uint8_t ipp[256];
    struct paper p;
    struct paper_count c;

    (void)state;
    paper_read(ipp, chosen(ipp, sizeof ipp), 10, NULL, &p);
    assert_int_equal(p.color, PAPER_GRAY);
    c = paper_count(&p, 0);
    assert_int_equal(c.pages, 12);
    assert_int_equal(c.sheets, 6);
}

static void what_was_changed_at_the_panel_counts_instead(void **state)
{
    struct options o = {.copies = 1, .sides = "one-sided", .print_color_mode = "color"};
    uint8_t ipp[256];
    struct paper p;
    struct paper_count c;

    (void)state;
    assert_int_equal(options_set_ranges(&o, "9-4000"), OK);
    paper_read(ipp, chosen(ipp, sizeof ipp), 10, &o, &p);
    c = paper_count(&p, 0);
    assert_int_equal(c.pages, 2);
    assert_int_equal(c.sheets, 2);
    assert_int_equal(p.color, PAPER_COLOR);
}

static void each_copy_begins_on_a_new_sheet_and_the_printers_own_count_is_believed(void **state)
{
    const struct paper p = {.copies = 3, .pages = 5, .two_sided = 1};

    (void)state;
    assert_int_equal(paper_count(&p, 0).sheets, 9);
    assert_int_equal(paper_count(&p, 9).pages, 9);
    assert_int_equal(paper_count(&p, 9).sheets, 6);
    assert_int_equal(paper_count(&p, 10).sheets, 5); /* stopped in the middle of a copy */
}

static void pages_that_nobody_knows_are_none(void **state)
{
    struct options o = {.copies = 2};
    struct paper p;

    (void)state;
    assert_int_equal(options_set_ranges(&o, "1-2147483647"), OK);
    paper_read(NULL, 0, 0, &o, &p);
    assert_int_equal(paper_count(&p, 0).pages, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_cut_at_any_byte_or_with_any_byte_changed_count_no_more_than_the_document_can),
        cmocka_unit_test(copies_and_ranges_that_cannot_be_are_left_out),
        cmocka_unit_test(what_was_chosen_at_the_computer_is_counted),
        cmocka_unit_test(what_was_changed_at_the_panel_counts_instead),
        cmocka_unit_test(each_copy_begins_on_a_new_sheet_and_the_printers_own_count_is_believed),
        cmocka_unit_test(pages_that_nobody_knows_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
