/* SPDX-License-Identifier: Apache-2.0 */
/* Ids as text: one spelling, and nothing that could be a path. */
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "tests/unit/cmocka_test.h"

static void an_id_in_any_other_spelling_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "00112233445566778899aabbccddeef",   /* a digit short */
        "00112233445566778899aabbccddeeff0", /* a digit long */
        "00112233445566778899AABBCCDDEEFF",  /* upper case: a second name for one job */
        "00112233445566778899aabbccddeef\n",
        "../../../../../../../../etc/pass",
        "0x112233445566778899aabbccddeeff",
        " 0112233445566778899aabbccddeeff",
        "00112233445566778899aabbccddeeg0",
        "00112233445566778899aabbccddeef:",
    };
    struct id id = {.b = {7}};
    const struct id before = id;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (id_read(bad[i], &id) != ERR_FORMAT)
            fail_msg("'%s' was taken for an id", bad[i]);
        assert_true(id_equal(id, before));
    }
}

static void every_byte_reads_back(void **state)
{
    uint8_t bytes[256], again[256];
    char text[513];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    hex_write(bytes, sizeof bytes, text);
    assert_int_equal(strlen(text), 512);
    assert_memory_equal(text, "000102", 6);
    assert_int_equal(hex_read(text, again, sizeof again), OK);
    assert_memory_equal(again, bytes, sizeof bytes);
}

static void no_bytes_are_an_empty_text(void **state)
{
    char text[1] = {'x'};
    uint8_t none[1] = {0};

    (void)state;
    hex_write(none, 0, text);
    assert_string_equal(text, "");
    assert_int_equal(hex_read("", none, 0), OK);
    assert_int_equal(hex_read("0", none, 0), ERR_FORMAT);
}

static void an_id_reads_back_and_is_told_from_zero(void **state)
{
    struct id id, zero = {{0}};
    char text[ID_HEX_SIZE];

    (void)state;
    assert_int_equal(id_read("00112233445566778899aabbccddeeff", &id), OK);
    assert_string_equal(id_text(id, text), "00112233445566778899aabbccddeeff");
    assert_false(id_is_zero(id));
    assert_true(id_is_zero(zero));
    assert_false(id_equal(id, zero));
}

static void every_error_has_its_own_name_and_a_sentence(void **state)
{
    (void)state;
    for (int i = 0; i < ERR_COUNT; i++) {
        const char *text = err_text((enum err)i);

        assert_int_equal(text[strlen(text) - 1], '.');
        for (int j = 0; j < i; j++)
            assert_string_not_equal(err_name((enum err)i), err_name((enum err)j));
    }
    assert_non_null(err_name((enum err)ERR_COUNT));
    assert_non_null(err_text((enum err) - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_in_any_other_spelling_is_refused),
        cmocka_unit_test(every_byte_reads_back),
        cmocka_unit_test(no_bytes_are_an_empty_text),
        cmocka_unit_test(an_id_reads_back_and_is_told_from_zero),
        cmocka_unit_test(every_error_has_its_own_name_and_a_sentence),
    };

    return cmocka_run_group_tests_name("hex", tests, NULL, NULL);
}
