/* SPDX-License-Identifier: Apache-2.0 */
/* Cursors: nothing is read past the end, nothing is written past the room, and a failure moves nothing. */
#include <string.h>

#include "base/buf.h"
#include "tests/unit/cmocka_test.h"

static const uint8_t BYTES[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                                0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70};

static void an_integer_cut_short_is_refused_and_the_cursor_stays(void **state)
{
    uint8_t u8 = 7;
    uint16_t u16 = 7;
    uint32_t u32 = 7;
    uint64_t u64 = 7;
    struct rbuf b;

    (void)state;
    b = rbuf_of(BYTES, 0);
    assert_int_equal(rbuf_u8(&b, &u8), ERR_FORMAT);
    b = rbuf_of(BYTES, 1);
    assert_int_equal(rbuf_u16(&b, &u16), ERR_FORMAT);
    assert_int_equal(b.left, 1);
    b = rbuf_of(BYTES, 3);
    assert_int_equal(rbuf_u32(&b, &u32), ERR_FORMAT);
    assert_int_equal(b.left, 3);
    b = rbuf_of(BYTES, 7);
    assert_int_equal(rbuf_u64(&b, &u64), ERR_FORMAT);
    assert_int_equal(b.left, 7);
    assert_ptr_equal(b.at, BYTES);
    assert_true(u8 == 7 && u16 == 7 && u32 == 7 && u64 == 7);
}

static void a_length_that_points_past_the_end_is_refused(void **state)
{
    static const uint8_t lying[] = {0xff, 0xff, 'a', 'b'};
    struct rbuf b = rbuf_of(lying, sizeof lying);
    const uint8_t *at = NULL;
    size_t len = 9;
    char text[UINT16_MAX + 1];

    (void)state;
    assert_int_equal(rbuf_bytes16(&b, UINT16_MAX, &at, &len), ERR_FORMAT);
    assert_int_equal(rbuf_text16(&b, text, sizeof text), ERR_FORMAT);
    assert_int_equal(rbuf_take(&b, SIZE_MAX, &at), ERR_FORMAT);
    assert_int_equal(rbuf_copy(&b, text, 5), ERR_FORMAT);
    assert_ptr_equal(b.at, lying);
    assert_int_equal(b.left, sizeof lying);
    assert_int_equal(len, 9);
}

static void a_string_longer_than_allowed_is_a_limit_and_the_cursor_stays(void **state)
{
    static const uint8_t four[] = {0, 4, 'a', 'b', 'c', 'd'};
    struct rbuf b = rbuf_of(four, sizeof four);
    const uint8_t *at;
    size_t len;
    char small[4] = "no";

    (void)state;
    assert_int_equal(rbuf_bytes16(&b, 3, &at, &len), ERR_LIMIT);
    assert_int_equal(rbuf_text16(&b, small, sizeof small), ERR_LIMIT); /* no room for the NUL */
    assert_int_equal(rbuf_text16(&b, small, 0), ERR_LIMIT);
    assert_string_equal(small, "no");
    assert_int_equal(b.left, sizeof four);
}

static void text_with_control_characters_or_broken_utf8_is_refused(void **state)
{
    static const char *const bad[] = {
        "a\nb",
        "\x1b[2J",
        "\x7f",
        "\xc3",
        "\xc3(",
        "\xff",
        "\xc0\xaf",
        /* overlong slash */ "\xe0\x80\xaf",
        "\xf0\x80\x80\xaf",
        "\xed\xa0\x80",
        /* a surrogate */ "\xf4\x90\x80\x80", /* past the last code point */
        "\xf8\x88\x80\x80\x80",
        "\x80",
        "ab\xe2\x82",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (text_is_clean(bad[i], strlen(bad[i])))
            fail_msg("text number %zu was taken", i);
    }
    assert_false(text_is_clean("a\0b", 3));
}

static void text_in_any_script_is_taken(void **state)
{
    static const char *const good[] = {
        "", "alice", "Zoë", "\xe2\x82\xac", "\xf0\x9f\x96\xa8", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(text_is_clean(good[i], strlen(good[i])));
}

static void bytes_left_over_are_refused(void **state)
{
    struct rbuf b = rbuf_of(BYTES, 9);
    uint64_t v;
    uint8_t last;

    (void)state;
    assert_int_equal(rbuf_u64(&b, &v), OK);
    assert_int_equal(rbuf_end(&b), ERR_FORMAT);
    assert_int_equal(rbuf_u8(&b, &last), OK);
    assert_int_equal(rbuf_end(&b), OK);
}

static void an_empty_buffer_may_stand_on_null(void **state)
{
    struct rbuf r = rbuf_of(NULL, 0);
    struct wbuf w = wbuf_of(NULL, 0);
    const uint8_t *at;

    (void)state;
    assert_int_equal(rbuf_take(&r, 0, &at), OK);
    assert_int_equal(rbuf_copy(&r, NULL, 0), OK);
    assert_int_equal(rbuf_end(&r), OK);
    assert_int_equal(wbuf_copy(&w, NULL, 0), OK);
    assert_int_equal(wbuf_u8(&w, 1), ERR_LIMIT);
}

static void a_writer_without_room_changes_nothing(void **state)
{
    uint8_t room[5] = {9, 9, 9, 9, 9};
    struct wbuf b = wbuf_of(room, 3);

    (void)state;
    assert_int_equal(wbuf_u8(&b, 1), OK);
    assert_int_equal(wbuf_u64(&b, 2), ERR_LIMIT);
    assert_int_equal(wbuf_u32(&b, 2), ERR_LIMIT);
    assert_int_equal(wbuf_bytes16(&b, "a", 1), ERR_LIMIT); /* its length would fit, the byte would not */
    assert_int_equal(wbuf_text16(&b, "a"), ERR_LIMIT);
    assert_int_equal(wbuf_copy(&b, "abc", 3), ERR_LIMIT);
    assert_int_equal(wbuf_copy(&b, "abc", SIZE_MAX), ERR_LIMIT);
    assert_int_equal(b.len, 1);
    assert_int_equal(wbuf_u16(&b, 0x0203), OK);
    assert_int_equal(wbuf_u8(&b, 4), ERR_LIMIT);
    assert_memory_equal(room, "\x01\x02\x03\x09\x09", 5);
}

static void a_string_too_long_for_its_length_field_is_a_limit(void **state)
{
    static uint8_t room[UINT16_MAX + 8], bytes[UINT16_MAX + 1];
    struct wbuf b = wbuf_of(room, sizeof room);

    (void)state;
    assert_int_equal(wbuf_bytes16(&b, bytes, sizeof bytes), ERR_LIMIT);
    assert_int_equal(b.len, 0);
    assert_int_equal(wbuf_bytes16(&b, bytes, UINT16_MAX), OK);
    assert_int_equal(b.len, 2 + UINT16_MAX);
}

static void what_is_written_reads_back_and_is_big_endian(void **state)
{
    uint8_t room[64], u8, copy[3];
    struct wbuf w = wbuf_of(room, sizeof room);
    struct rbuf r;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    const uint8_t *at;
    size_t len;
    char text[6];

    (void)state;
    assert_int_equal(wbuf_u8(&w, 0x01), OK);
    assert_int_equal(wbuf_u16(&w, 0x2345), OK);
    assert_int_equal(wbuf_u32(&w, 0x6789abcd), OK);
    assert_int_equal(wbuf_u64(&w, 0xef10203040506070), OK);
    assert_memory_equal(room, BYTES, sizeof BYTES);
    assert_int_equal(wbuf_bytes16(&w, "\0\1", 2), OK);
    assert_int_equal(wbuf_text16(&w, "alice"), OK);
    assert_int_equal(wbuf_copy(&w, "end", 3), OK);

    r = rbuf_of(room, w.len);
    assert_int_equal(rbuf_u8(&r, &u8), OK);
    assert_int_equal(rbuf_u16(&r, &u16), OK);
    assert_int_equal(rbuf_u32(&r, &u32), OK);
    assert_int_equal(rbuf_u64(&r, &u64), OK);
    assert_true(u8 == 0x01 && u16 == 0x2345 && u32 == 0x6789abcd && u64 == 0xef10203040506070);
    assert_int_equal(rbuf_bytes16(&r, 2, &at, &len), OK);
    assert_int_equal(len, 2);
    assert_memory_equal(at, "\0\1", 2);
    assert_int_equal(rbuf_text16(&r, text, sizeof text), OK); /* five bytes and the NUL: just fits */
    assert_string_equal(text, "alice");
    assert_int_equal(rbuf_copy(&r, copy, 3), OK);
    assert_memory_equal(copy, "end", 3);
    assert_int_equal(rbuf_end(&r), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_integer_cut_short_is_refused_and_the_cursor_stays),
        cmocka_unit_test(a_length_that_points_past_the_end_is_refused),
        cmocka_unit_test(a_string_longer_than_allowed_is_a_limit_and_the_cursor_stays),
        cmocka_unit_test(text_with_control_characters_or_broken_utf8_is_refused),
        cmocka_unit_test(text_in_any_script_is_taken),
        cmocka_unit_test(bytes_left_over_are_refused),
        cmocka_unit_test(an_empty_buffer_may_stand_on_null),
        cmocka_unit_test(a_writer_without_room_changes_nothing),
        cmocka_unit_test(a_string_too_long_for_its_length_field_is_a_limit),
        cmocka_unit_test(what_is_written_reads_back_and_is_big_endian),
    };

    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
