/* SPDX-License-Identifier: Apache-2.0 */
#include "printscout/queue/basic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "tests/unit/cmocka_test.h"

/* "Basic " and these bytes in base64, malloc()ed. */
static char *header_of(const char *plain, size_t len)
{
    const size_t size = sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL);
    char *text = malloc(6 + size);

    assert_non_null(text);
    strcpy(text, "Basic ");
    sodium_bin2base64(text + 6, size, (const uint8_t *)plain, len, sodium_base64_VARIANT_ORIGINAL);
    return text;
}

static enum err read_bytes(const char *plain, size_t len, struct credentials *out)
{
    char *text = header_of(plain, len);
    const enum err e = basic_read(text, out);

    for (size_t i = 0; i < 6 + sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL) - 1; i++)
        assert_int_equal(text[i], 0); /* whatever was in it is wiped */
    free(text);
    return e;
}

static void what_is_no_name_with_a_password_is_refused_and_wiped(void **state)
{
    static const struct {
        const char *plain;
        size_t len;
        enum err expected;
    } cases[] = {{"alice", 5, ERR_FORMAT},
                 {":", 1, ERR_FORMAT},
                 {"alice:", 6, ERR_FORMAT},
                 {":password", 9, ERR_FORMAT},
                 {"", 0, ERR_FORMAT},
                 {"al\nice:password", 15, ERR_FORMAT},
                 {"alice\0:password", 15, ERR_FORMAT},
                 {"alice:pass\0word", 15, ERR_FORMAT},
                 {"\xc3:password", 10, ERR_FORMAT}};
    struct credentials *c = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_bytes(cases[i].plain, cases[i].len, c), cases[i].expected);
        assert_string_equal(c->password, "");
    }
}

static void what_is_too_long_is_refused(void **state)
{
    static char plain[QUESTION_NAME_MAX + QUESTION_PASSWORD_MAX + 100];
    struct credentials *c = *state;
    char *longest = header_of(plain, sizeof plain);

    memset(plain, 'n', sizeof plain);
    plain[QUESTION_NAME_MAX + 1] = ':';
    assert_int_equal(read_bytes(plain, QUESTION_NAME_MAX + 3, c), ERR_LIMIT);
    plain[QUESTION_NAME_MAX + 1] = 'n';
    plain[1] = ':';
    assert_int_equal(read_bytes(plain, QUESTION_PASSWORD_MAX + 3, c), ERR_LIMIT);
    assert_int_equal(basic_read(longest, c), ERR_LIMIT);
    plain[1] = 'n';
    plain[QUESTION_NAME_MAX] = ':';
    assert_int_equal(read_bytes(plain, QUESTION_NAME_MAX + 1 + QUESTION_PASSWORD_MAX, c), OK); /* the control */
    assert_int_equal(strlen(c->name), QUESTION_NAME_MAX);
    assert_int_equal(strlen(c->password), QUESTION_PASSWORD_MAX);
    free(longest);
}

static void other_schemes_and_what_is_not_base64_are_not_credentials(void **state)
{
    static const struct {
        const char *text;
        enum err expected;
    } cases[] = {{"", ERR_NOTFOUND},           {"Basic", ERR_NOTFOUND},       {"Digest x", ERR_NOTFOUND},
                 {"Basic ", ERR_FORMAT},       {"Basic YTpi x", ERR_FORMAT},  {"Basic YTp", ERR_FORMAT},
                 {"Basic YT\npi", ERR_FORMAT}, {"Basic YTpi====", ERR_FORMAT}};
    struct credentials *c = *state;
    char text[32];

    assert_int_equal(basic_read(NULL, c), ERR_NOTFOUND);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        strcpy(text, cases[i].text);
        assert_int_equal(basic_read(text, c), cases[i].expected);
    }
}

static void a_password_may_hold_colons_and_any_letters(void **state)
{
    struct credentials *c = *state;
    char text[] = "bAsIc   YWxpY2U6YTpiOmM=  ";

    assert_int_equal(basic_read(text, c), OK);
    assert_string_equal(c->name, "alice");
    assert_string_equal(c->password, "a:b:c");
    assert_int_equal(read_bytes("\xc3\x84:p\xff\xc3\xa4", 7, c), OK);
    assert_string_equal(c->name, "\xc3\x84");
    assert_string_equal(c->password, "p\xff\xc3\xa4");
}

static int make(void **state)
{
    return crypto_start() == OK && (*state = credentials_new()) != NULL ? 0 : -1;
}

static int end(void **state)
{
    credentials_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_no_name_with_a_password_is_refused_and_wiped, make, end),
        cmocka_unit_test_setup_teardown(what_is_too_long_is_refused, make, end),
        cmocka_unit_test_setup_teardown(other_schemes_and_what_is_not_base64_are_not_credentials, make, end),
        cmocka_unit_test_setup_teardown(a_password_may_hold_colons_and_any_letters, make, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
