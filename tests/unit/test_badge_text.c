/* SPDX-License-Identifier: Apache-2.0 */
#include "devicescout/people/badge_text.h"

#include <string.h>

#include "base/hex.h"
#include "tests/unit/cmocka_test.h"

static const struct badge_rules plain = {.format = BADGE_HEX, .facility_code = -1};

/* The id as hex, or the error's name. */
static const char *read(const struct badge_rules *rules, const char *text)
{
    static char hex[2 * BADGE_ID_MAX + 1];
    uint8_t id[BADGE_ID_MAX];
    size_t len = 0;
    const enum err e = badge_text_read(rules, text, id, &len);

    if (e != OK)
        return err_name(e);
    hex_write(id, len, hex);
    return hex;
}

static void what_no_reader_types_is_refused(void **state)
{
    static const char *const bad[] = {"", " ", ";?", "0", "04a", "04:a", "zz", "04a1\x01", "04a1zz", "\xff\xfe", "--"};
    char longest[2 * BADGE_ID_MAX + 3];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(read(&plain, bad[i]), "format");
    memset(longest, '1', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_string_equal(read(&plain, longest), "limit");
    longest[2 * BADGE_ID_MAX] = '\0';
    assert_int_equal(strlen(read(&plain, longest)), 2 * BADGE_ID_MAX);
}

static void an_id_of_zeros_is_a_broken_reader(void **state)
{
    const struct badge_rules decimal = {.format = BADGE_DECIMAL, .length = 4, .facility_code = -1};
    const struct badge_rules tail = {.format = BADGE_HEX, .skip_bytes = 2, .facility_code = -1};

    (void)state;
    assert_string_equal(read(&plain, "00000000"), "format");
    assert_string_equal(read(&decimal, "0"), "format");
    assert_string_equal(read(&tail, "04a10000"), "format");
    assert_string_equal(read(&tail, "04a1"), "format"); /* nothing is left */
}

static void numbers_too_large_are_refused_and_not_cut(void **state)
{
    const struct badge_rules decimal = {.format = BADGE_DECIMAL, .facility_code = -1};
    const struct badge_rules coded = {.format = BADGE_DECIMAL, .facility_code = 7};
    const struct badge_rules facility = {.format = BADGE_FACILITY, .facility_code = -1};

    (void)state;
    assert_string_equal(read(&decimal, "1208925819614629174706176"), "limit"); /* 2^80, 25 digits */
    assert_string_equal(read(&coded, "65536"), "limit");
    assert_string_equal(read(&coded, "65535"), "07ffff");
    assert_string_equal(read(&facility, "256,1"), "limit");
    assert_string_equal(read(&facility, "1,65536"), "limit");
    assert_string_equal(read(&facility, "1"), "format");
    assert_string_equal(read(&facility, "1,"), "format");
    assert_string_equal(read(&facility, ",1"), "format");
}

static void one_card_is_one_id_however_it_is_typed(void **state)
{
    const struct badge_rules reversed = {.format = BADGE_HEX, .reversed = 1, .facility_code = -1};
    const struct badge_rules decimal = {.format = BADGE_DECIMAL, .length = 4, .facility_code = -1};
    const struct badge_rules facility = {.format = BADGE_FACILITY, .facility_code = -1};

    (void)state;
    assert_string_equal(read(&plain, "04A1B2C3"), "04a1b2c3");
    assert_string_equal(read(&plain, " 04:a1:b2:c3\r\n"), "04a1b2c3");
    assert_string_equal(read(&plain, ";04-A1-B2-C3?"), "04a1b2c3");
    assert_string_equal(read(&reversed, "C3B2A104"), "04a1b2c3");
    assert_string_equal(read(&decimal, "0077705923"), "04a1b2c3");
    assert_string_equal(read(&decimal, "1"), "00000001");
    assert_string_equal(read(&facility, "123,45678"), "7bb26e");
    assert_string_equal(read(&facility, "123:45678"), "7bb26e");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_no_reader_types_is_refused),
        cmocka_unit_test(an_id_of_zeros_is_a_broken_reader),
        cmocka_unit_test(numbers_too_large_are_refused_and_not_cut),
        cmocka_unit_test(one_card_is_one_id_however_it_is_typed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
