/* SPDX-License-Identifier: Apache-2.0 */
/* What a release may ask of a printer: whatever a captured device scout writes there, only this is signed. */
#include "devicescout/keyholder/grant_options.h"

#include "tests/unit/keyholder_fixture.h"

static void add(struct wbuf *b, uint8_t tag, const char *name, const void *value, size_t len)
{
    assert_int_equal(wbuf_u8(b, tag), OK);
    assert_int_equal(wbuf_text16(b, name), OK);
    assert_int_equal(wbuf_bytes16(b, value, len), OK);
}

static void add_word(struct wbuf *b, const char *name, const char *value)
{
    add(b, 0x44, name, value, strlen(value));
}

static void add_number(struct wbuf *b, const char *name, uint32_t n)
{
    const uint8_t value[] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};

    add(b, 0x21, name, value, sizeof value);
}

static void add_range(struct wbuf *b, const char *name, uint32_t from, uint32_t to)
{
    uint8_t value[8];
    struct wbuf v = wbuf_of(value, sizeof value);

    assert_int_equal(wbuf_u32(&v, from), OK);
    assert_int_equal(wbuf_u32(&v, to), OK);
    add(b, 0x33, name, value, sizeof value);
}

/* All that a panel offers, and a collection beside it. */
static size_t write_all(uint8_t *out, size_t size)
{
    struct wbuf b = wbuf_of(out, size);

    add_number(&b, "copies", GRANT_COPIES_MAX);
    add_word(&b, "sides", "two-sided-long-edge");
    add_word(&b, "print-color-mode", "monochrome");
    add_range(&b, "page-ranges", 1, 3);
    add_range(&b, "", 7, 7);
    add_range(&b, "", 8, 2147483647);
    add(&b, 0x34, "media-col", "", 0);
    add(&b, 0x4a, "", "media-type", 10);
    add_word(&b, "", "stationery");
    add(&b, 0x37, "", "", 0);
    add_word(&b, "output-bin", "face-down");
    return b.len;
}

static enum err check_one(void (*write)(struct wbuf *b))
{
    uint8_t bytes[512];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    write(&b);
    return grant_options_check(bytes, b.len);
}

static void no_copy(struct wbuf *b)
{
    add_number(b, "copies", 0);
}
static void a_thousand_copies(struct wbuf *b)
{
    add_number(b, "copies", 1000);
}
static void minus_one_copy(struct wbuf *b)
{
    add_number(b, "copies", UINT32_MAX);
}
static void copies_by_three_bytes(struct wbuf *b)
{
    add(b, 0x21, "copies", "\0\0\1", 3);
}
static void copies_as_a_word(struct wbuf *b)
{
    add_word(b, "copies", "many");
}
static void copies_twice(struct wbuf *b)
{
    add_number(b, "copies", 1), add_number(b, "copies", 999);
}
static void copies_with_two_values(struct wbuf *b)
{
    add_number(b, "copies", 1), add_number(b, "", 2);
}
static void page_zero(struct wbuf *b)
{
    add_range(b, "page-ranges", 0, 3);
}
static void pages_backwards(struct wbuf *b)
{
    add_range(b, "page-ranges", 5, 4);
}
static void pages_that_overlap(struct wbuf *b)
{
    add_range(b, "page-ranges", 1, 5), add_range(b, "", 5, 9);
}
static void pages_that_fall(struct wbuf *b)
{
    add_range(b, "page-ranges", 7, 9), add_range(b, "", 1, 2);
}
static void minus_pages(struct wbuf *b)
{
    add_range(b, "page-ranges", 1, UINT32_MAX);
}
static void pages_as_a_number(struct wbuf *b)
{
    add_number(b, "page-ranges", 3);
}
static void pages_twice(struct wbuf *b)
{
    add_range(b, "page-ranges", 1, 1), add_range(b, "page-ranges", 2, 2);
}
static void sides_with_a_line_end(struct wbuf *b)
{
    add_word(b, "sides", "one-sided\r\n@PJL");
}
static void no_sides(struct wbuf *b)
{
    add_word(b, "sides", "");
}
static void two_sides(struct wbuf *b)
{
    add_word(b, "sides", "one-sided"), add_word(b, "", "two-sided-long-edge");
}
static void colour_as_a_name(struct wbuf *b)
{
    add(b, 0x42, "print-color-mode", "color", 5);
}
static void the_operation_group(struct wbuf *b)
{
    add(b, 0x01, "copies", "\0\0\0\1", 4);
}
static void the_end(struct wbuf *b)
{
    add(b, 0x03, "", "", 0);
}
static void a_value_of_nothing(struct wbuf *b)
{
    add_word(b, "", "one-sided");
}

static void (*const unsound[])(struct wbuf *b) = {
    no_copy,           a_thousand_copies,  minus_one_copy,         copies_by_three_bytes,
    copies_as_a_word,  copies_twice,       copies_with_two_values, page_zero,
    pages_backwards,   pages_that_overlap, pages_that_fall,        minus_pages,
    pages_as_a_number, pages_twice,        sides_with_a_line_end,  no_sides,
    two_sides,         colour_as_a_name,   the_operation_group,    the_end,
    a_value_of_nothing};

static void what_is_out_of_bounds_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof unsound / sizeof *unsound; i++)
        assert_int_not_equal(check_one(unsound[i]), OK);
}

static void what_a_panel_offers_passes_and_cut_at_any_byte_it_does_not(void **state)
{
    uint8_t bytes[512];
    const size_t len = write_all(bytes, sizeof bytes);
    size_t whole = 0;

    (void)state;
    assert_int_equal(grant_options_check(NULL, 0), OK);
    for (size_t cut = 1; cut <= len; cut++)
        whole += grant_options_check(bytes, cut) == OK;
    assert_int_equal(grant_options_check(bytes, len), OK);
    assert_int_equal(whole, 11); /* after each of the values */
}

static void unsound_options_are_neither_signed_nor_bar_the_job(void **state)
{
    struct site *s = *state;
    struct node alice;
    struct sealed job;
    struct grant g;
    struct order o;
    uint8_t bytes[512];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);
    char *log;

    workstation(s, "alice", ROLE_ORIGIN, &alice);
    seal_job_of(s, &alice, "alice", &job);
    g = good_grant(s, &alice, &job, "alice");
    a_thousand_copies(&b);
    g.options = bytes;
    g.options_len = b.len;
    assert_int_equal(ask_grant(s, &g), ERR_FORMAT);
    log = audit_text(s);
    assert_int_equal(count_lines(log, " why=options-unsound"), 1);
    free(log);
    g.options_len = write_all(bytes, sizeof bytes);
    assert_int_equal(ask_grant(s, &g), OK);
    read_order(s, &o);
    assert_int_equal(o.options_len, g.options_len);
    assert_memory_equal(o.options, bytes, o.options_len);
    leave(&alice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_out_of_bounds_is_refused),
        cmocka_unit_test(what_a_panel_offers_passes_and_cut_at_any_byte_it_does_not),
        cmocka_unit_test_setup_teardown(unsound_options_are_neither_signed_nor_bar_the_job, site_new, site_free),
    };

    return cmocka_run_group_tests(tests, site_make, site_unmake);
}
