/* SPDX-License-Identifier: Apache-2.0 */
/* PJL for an order's options: the exact bytes, and nothing of a client's in them. */
#include "printscout/courier/pjl_options.h"

#include <string.h>

#include "tests/unit/cmocka_test.h"

static void add(struct order *o, uint8_t tag, const char *name, const void *value, size_t len)
{
    struct wbuf b = wbuf_of(o->options, sizeof o->options);

    b.len = o->options_len;
    assert_int_equal(wbuf_u8(&b, tag), OK);
    assert_int_equal(wbuf_bytes16(&b, name, strlen(name)), OK);
    assert_int_equal(wbuf_bytes16(&b, value, len), OK);
    o->options_len = b.len;
}

static void expect(const struct order *o, const char *text)
{
    char out[PJL_TEXT_SIZE];

    assert_int_equal(pjl_options(o, out), strlen(text));
    assert_string_equal(out, text);
}

static void a_value_that_would_steer_the_printer_sets_nothing(void **state)
{
    static const char evil[] = "one-sided\r\n@PJL SET HOLD=ON\r\n";
    struct order o = {.options_len = 0};

    (void)state;
    add(&o, 0x44, "sides", evil, sizeof evil - 1);
    add(&o, 0x44, "print-color-mode", "\x1b%-12345X", 9);
    add(&o, 0x44, "copies", "\0\0\0\2", 4);
    add(&o, 0x21, "copies", "\0\0\0\0", 4);
    add(&o, 0x21, "copies", "\0\0\3\xe8", 4);
    add(&o, 0x21, "copies", "\xff\xff\xff\xff", 4);
    add(&o, 0x21, "copies", "\2", 1);
    expect(&o, "");
}

static void options_cut_at_any_byte_set_what_came_before(void **state)
{
    struct order o = {.options_len = 0};
    size_t whole;

    (void)state;
    add(&o, 0x21, "copies", "\0\0\0\3", 4);
    whole = o.options_len;
    add(&o, 0x44, "sides", "one-sided", 9);
    for (o.options_len--; o.options_len > whole; o.options_len--)
        expect(&o, "@PJL SET COPIES=3\r\n");
    while (o.options_len-- > 0)
        expect(&o, o.options_len + 1 > whole ? "@PJL SET COPIES=3\r\n" : "");
}

static void all_that_pjl_can_set_is_these_bytes(void **state)
{
    struct order o = {.options_len = 0};

    (void)state;
    add(&o, 0x21, "copies", "\0\0\3\xe7", 4);
    add(&o, 0x44, "sides", "two-sided-short-edge", 20);
    add(&o, 0x44, "print-color-mode", "monochrome", 10);
    add(&o, 0x44, "media", "iso_a4_210x297mm", 16);
    add(&o, 0x23, "print-quality", "\0\0\0\3", 4);
    add(&o, 0x23, "orientation-requested", "\0\0\0\4", 4); /* PJL has no word for a PDF's */
    expect(&o, "@PJL SET COPIES=999\r\n@PJL SET DUPLEX=ON\r\n@PJL SET BINDING=SHORTEDGE\r\n"
               "@PJL SET RENDERMODE=GRAYSCALE\r\n@PJL SET PAPER=A4\r\n@PJL SET ECONOMODE=ON\r\n");
}

static void each_choice_has_its_own_line_and_none_is_made_up(void **state)
{
    struct order o = {.options_len = 0};

    (void)state;
    expect(&o, "");
    add(&o, 0x44, "sides", "two-sided-long-edge", 19);
    expect(&o, "@PJL SET DUPLEX=ON\r\n@PJL SET BINDING=LONGEDGE\r\n");
    o.options_len = 0;
    add(&o, 0x44, "sides", "one-sided", 9);
    add(&o, 0x44, "print-color-mode", "color", 5);
    expect(&o, "@PJL SET DUPLEX=OFF\r\n@PJL SET RENDERMODE=COLOR\r\n");
    o.options_len = 0;
    add(&o, 0x44, "print-color-mode", "auto", 4);
    expect(&o, "");
}

static void paper_in_a_collection_is_set_by_its_size(void **state)
{
    struct order o = {.options_len = 0};

    (void)state;
    add(&o, 0x34, "media-col", "", 0);
    add(&o, 0x4a, "", "media-size", 10);
    add(&o, 0x34, "", "", 0);
    add(&o, 0x4a, "", "x-dimension", 11);
    add(&o, 0x21, "", "\0\0\x54\x56", 4);
    add(&o, 0x4a, "", "copies", 6); /* a member of that name is none of the job's */
    add(&o, 0x21, "", "\0\0\0\7", 4);
    expect(&o, "");
    add(&o, 0x4a, "", "y-dimension", 11);
    add(&o, 0x21, "", "\0\0\x6d\x24", 4);
    expect(&o, "@PJL SET PAPER=LETTER\r\n");
    add(&o, 0x37, "", "", 0);
    add(&o, 0x37, "", "", 0);
    add(&o, 0x21, "copies", "\0\0\0\2", 4);
    expect(&o, "@PJL SET COPIES=2\r\n@PJL SET PAPER=LETTER\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_that_would_steer_the_printer_sets_nothing),
        cmocka_unit_test(options_cut_at_any_byte_set_what_came_before),
        cmocka_unit_test(all_that_pjl_can_set_is_these_bytes),
        cmocka_unit_test(paper_in_a_collection_is_set_by_its_size),
        cmocka_unit_test(each_choice_has_its_own_line_and_none_is_made_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
