/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/base32.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

static void what_is_no_digit_or_has_bits_left_over_is_refused(void **state)
{
    uint8_t out[8];
    size_t len;

    (void)state;
    assert_int_equal(base32_read("MZXW0", out, sizeof out, &len), ERR_FORMAT);
    assert_int_equal(base32_read("MZXW1", out, sizeof out, &len), ERR_FORMAT);
    assert_int_equal(base32_read("MZXW6=", out, sizeof out, &len), ERR_FORMAT);
    assert_int_equal(base32_read("MZ\xc3\xa4", out, sizeof out, &len), ERR_FORMAT);
    assert_int_equal(base32_read("MZ", out, sizeof out, &len), ERR_FORMAT);  /* two bits are set behind the byte */
    assert_int_equal(base32_read("M", out, sizeof out, &len), ERR_FORMAT);   /* no byte at all */
    assert_int_equal(base32_read("MYA", out, sizeof out, &len), ERR_FORMAT); /* a digit too many */
}

static void more_than_there_is_room_for_is_refused(void **state)
{
    uint8_t *out = malloc(2);
    size_t len;

    (void)state;
    assert_int_equal(base32_read("MZXW6", out, 2, &len), ERR_LIMIT);
    free(out);
}

/* RFC 4648 §10, without its padding and with hyphens. */
static void the_examples_of_the_standard_are_right(void **state)
{
    static const struct {
        const char *plain, *text;
    } examples[] = {{"", ""},
                    {"f", "MY"},
                    {"fo", "MZXQ"},
                    {"foo", "MZXW6"},
                    {"foob", "MZXW6-YQ"},
                    {"fooba", "MZXW6-YTB"},
                    {"foobar", "MZXW6-YTBOI"}};

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        char text[BASE32_SIZE(6)];
        uint8_t out[6];
        size_t len;

        base32_write((const uint8_t *)examples[i].plain, strlen(examples[i].plain), text);
        assert_string_equal(text, examples[i].text);
        assert_int_equal(base32_read(text, out, sizeof out, &len), OK);
        assert_int_equal(len, strlen(examples[i].plain));
        assert_memory_equal(out, examples[i].plain, len);
    }
}

static void a_text_of_any_length_fits_what_was_reckoned(void **state)
{
    (void)state;
    for (size_t len = 0; len <= 330; len++) {
        uint8_t bytes[330], back[330];
        char *text = malloc(BASE32_SIZE(len)); /* exactly: a sanitizer sees one character more */
        size_t back_len;

        memset(bytes, (int)len, sizeof bytes);
        base32_write(bytes, len, text);
        assert_int_equal(base32_read(text, back, sizeof back, &back_len), OK);
        assert_int_equal(back_len, len);
        assert_memory_equal(back, bytes, len);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_digit_or_has_bits_left_over_is_refused),
        cmocka_unit_test(more_than_there_is_room_for_is_refused),
        cmocka_unit_test(the_examples_of_the_standard_are_right),
        cmocka_unit_test(a_text_of_any_length_fits_what_was_reckoned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
