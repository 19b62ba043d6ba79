/* SPDX-License-Identifier: Apache-2.0 */
/* options: attributes from a hostile ticket, pages as people and others type them. */
#include "devicescout/jobs/options.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

static void put(struct wbuf *b, uint8_t tag, const char *name, const void *value, size_t len)
{
    assert_int_equal(wbuf_u8(b, tag), OK);
    assert_int_equal(wbuf_text16(b, name), OK);
    assert_int_equal(wbuf_bytes16(b, value, len), OK);
}

/* What a person chose when they printed: copies 3, two pages ranges, media in a collection. */
static size_t chosen(uint8_t *out, size_t size)
{
    struct wbuf b = wbuf_of(out, size);

    put(&b, 0x21, "copies", "\0\0\0\3", 4);
    put(&b, 0x33, "page-ranges", "\0\0\0\1\0\0\0\2", 8);
    put(&b, 0x33, "", "\0\0\0\4\0\0\0\5", 8);
    put(&b, 0x34, "media-col", "", 0);
    put(&b, 0x4a, "", "sides", 5);
    put(&b, 0x44, "", "one-sided", 9);
    put(&b, 0x37, "", "", 0);
    put(&b, 0x44, "sides", "one-sided", 9);
    return b.len;
}

static void attributes_cut_at_any_byte_are_refused_or_whole(void **state)
{
    uint8_t ipp[512], out[1024];
    const size_t len = chosen(ipp, sizeof ipp);
    const struct options o = {.copies = 2};
    size_t whole = 0;

    (void)state;
    for (size_t cut = 0; cut <= len; cut++) {
        struct wbuf b = wbuf_of(out, sizeof out);

        whole += options_merge(&o, ipp, cut, &b) == OK;
    }
    assert_int_equal(whole, 9); /* after each of the eight entries, and before the first */
}

static void group_tags_and_values_without_a_name_are_refused(void **state)
{
    static const uint8_t end[] = {0x03, 0, 0, 0, 0}, group[] = {0x02, 0, 1, 'x', 0, 0}, nameless[] = {0x44, 0, 0, 0, 0};
    const struct options o = {0};
    uint8_t out[64];
    struct wbuf b = wbuf_of(out, sizeof out);

    (void)state;
    assert_int_equal(options_merge(&o, end, sizeof end, &b), ERR_FORMAT);
    assert_int_equal(options_merge(&o, group, sizeof group, &b), ERR_FORMAT);
    assert_int_equal(options_merge(&o, nameless, sizeof nameless, &b), ERR_FORMAT);
}

static void what_does_not_fit_is_refused_at_every_size(void **state)
{
    uint8_t ipp[512], out[1024];
    const size_t len = chosen(ipp, sizeof ipp);
    const struct options o = {.copies = 2};
    struct wbuf all = wbuf_of(out, sizeof out);

    (void)state;
    assert_int_equal(options_merge(&o, ipp, len, &all), OK);
    for (size_t size = 0; size < all.len; size++) {
        struct wbuf b = wbuf_of(out, size);

        assert_int_equal(options_merge(&o, ipp, len, &b), ERR_LIMIT);
    }
}

static void nothing_changed_is_nothing_changed(void **state)
{
    uint8_t ipp[512], out[512];
    const size_t len = chosen(ipp, sizeof ipp);
    const struct options o = {0};
    struct wbuf b = wbuf_of(out, sizeof out);

    (void)state;
    assert_int_equal(options_merge(&o, ipp, len, &b), OK);
    assert_int_equal(b.len, len);
    assert_memory_equal(out, ipp, len);
}

static void a_change_replaces_the_attribute_and_all_its_values_alone(void **state)
{
    uint8_t ipp[512], out[512], expected[512];
    const size_t len = chosen(ipp, sizeof ipp);
    struct options o = {.copies = 2};
    struct wbuf b = wbuf_of(out, sizeof out), e = wbuf_of(expected, sizeof expected);

    (void)state;
    assert_int_equal(options_set_ranges(&o, "7-9"), OK);
    put(&e, 0x34, "media-col", "", 0);
    put(&e, 0x4a, "", "sides", 5); /* inside the collection it stays */
    put(&e, 0x44, "", "one-sided", 9);
    put(&e, 0x37, "", "", 0);
    put(&e, 0x44, "sides", "one-sided", 9);
    put(&e, 0x21, "copies", "\0\0\0\2", 4);
    put(&e, 0x33, "page-ranges", "\0\0\0\7\0\0\0\11", 8);
    assert_int_equal(options_merge(&o, ipp, len, &b), OK);
    assert_int_equal(b.len, e.len);
    assert_memory_equal(out, expected, e.len);
}

static void keywords_that_ipp_does_not_know_are_refused(void **state)
{
    struct options o = {0};

    (void)state;
    assert_int_equal(options_set_sides(&o, "three-sided"), ERR_FORMAT);
    assert_int_equal(options_set_sides(&o, ""), ERR_FORMAT);
    assert_int_equal(options_set_color_mode(&o, "COLOR"), ERR_FORMAT);
    assert_string_equal(o.sides, "");
    assert_int_equal(options_set_sides(&o, "two-sided-long-edge"), OK);
    assert_int_equal(options_set_color_mode(&o, "monochrome"), OK);
}

static void pages_that_make_no_sense_are_refused_and_change_nothing(void **state)
{
    static const char *const wrong[] = {"",
                                        "0",
                                        "-3",
                                        "3-",
                                        "5-3",
                                        "1,1",
                                        "3,1",
                                        "1-3,3-5",
                                        "1;2",
                                        "a",
                                        "1,,",
                                        "1 2",
                                        "1--2",
                                        "٣",
                                        "1,",
                                        ",1",
                                        " ",
                                        "2147483648",
                                        "99999999999999999999",
                                        "1-",
                                        "1-2-3",
                                        ("\x01"
                                         "1"),
                                        "1\n"};
    struct options o = {0};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (options_set_ranges(&o, wrong[i]) == OK)
            fail_msg("'%s' was taken for pages", wrong[i]);
        assert_int_equal(o.ranges_len, 0);
    }
}

static void pages_as_people_write_them_are_read(void **state)
{
    struct options o = {0};

    (void)state;
    assert_int_equal(options_set_ranges(&o, " 1 - 3 , 7,9-2147483647"), OK);
    assert_int_equal(o.ranges_len, 3);
    assert_int_equal(o.ranges[0].from, 1);
    assert_int_equal(o.ranges[0].to, 3);
    assert_int_equal(o.ranges[1].from, 7);
    assert_int_equal(o.ranges[1].to, 7);
    assert_int_equal(o.ranges[2].to, 2147483647);
}

static void more_ranges_than_allowed_are_refused(void **state)
{
    struct options o = {0};
    char text[512] = "1";

    (void)state;
    for (int i = 1; i < OPTIONS_RANGES_MAX; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), ",%d", 2 * i + 1);
    assert_int_equal(options_set_ranges(&o, text), OK);
    strcat(text, ",900");
    assert_int_equal(options_set_ranges(&o, text), ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_cut_at_any_byte_are_refused_or_whole),
        cmocka_unit_test(group_tags_and_values_without_a_name_are_refused),
        cmocka_unit_test(what_does_not_fit_is_refused_at_every_size),
        cmocka_unit_test(nothing_changed_is_nothing_changed),
        cmocka_unit_test(a_change_replaces_the_attribute_and_all_its_values_alone),
        cmocka_unit_test(keywords_that_ipp_does_not_know_are_refused),
        cmocka_unit_test(pages_that_make_no_sense_are_refused_and_change_nothing),
        cmocka_unit_test(pages_as_people_write_them_are_read),
        cmocka_unit_test(more_ranges_than_allowed_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
