/* SPDX-License-Identifier: Apache-2.0 */
/* The site root: a slip of the pen in the kit is found in its line; the file opens to its password alone. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "crypto/site.h"
#include "tests/unit/crypto_fixture.h"

static const uint8_t ROOT[KEY_LEN] = "the root of a site, 32 bytes of.";

static void refused_at_line(const char *text, int line)
{
    static const uint8_t zero[KEY_LEN];
    uint8_t root[KEY_LEN] = {0};
    int bad = -1;

    assert_int_equal(kit_read(text, root, &bad), ERR_FORMAT);
    assert_int_equal(bad, line);
    assert_memory_equal(root, zero, KEY_LEN);
}

/* Where word number word begins. */
static size_t word_at(int word)
{
    return (size_t)word * 5;
}

static void any_one_wrong_letter_is_found_in_its_line(void **state)
{
    char kit[KIT_TEXT_MAX];
    unsigned passed = 0;

    (void)state;
    kit_write(ROOT, kit);
    for (size_t i = 0; kit[i] != '\0'; i++) {
        char right = kit[i];

        if (isspace((unsigned char)right))
            continue;
        for (char wrong = 'a'; wrong <= 'z'; wrong++) {
            uint8_t root[KEY_LEN];
            int bad;

            kit[i] = wrong;
            if (wrong == right)
                continue;
            if (kit_read(kit, root, &bad) == OK)
                passed++; /* one in 8,192 of those that are letters of the alphabet */
            else
                assert_int_equal(bad, (int)(i / 35) + 1);
        }
        kit[i] = right;
    }
    assert_int_equal(passed, 0);
}

static void two_words_that_changed_places_are_found(void **state)
{
    char kit[KIT_TEXT_MAX], word[4];

    (void)state;
    for (int w = 0; w + 1 < KIT_WORDS; w++) {
        kit_write(ROOT, kit);
        memcpy(word, kit + word_at(w), 4);
        if (memcmp(word, kit + word_at(w + 1), 4) == 0)
            continue;
        memcpy(kit + word_at(w), kit + word_at(w + 1), 4);
        memcpy(kit + word_at(w + 1), word, 4);
        refused_at_line(kit, w / 7 + 1);
    }
}

static void two_lines_that_changed_places_are_found(void **state)
{
    char kit[KIT_TEXT_MAX], line[35];

    (void)state;
    for (int n = 0; n < 3; n++) {
        kit_write(ROOT, kit);
        memcpy(line, kit + n * 35, 35);
        memcpy(kit + n * 35, kit + (n + 1) * 35, 35);
        memcpy(kit + (n + 1) * 35, line, 35);
        refused_at_line(kit, n + 1);
    }
}

static void a_word_too_few_or_too_many_is_no_line_of_its_own(void **state)
{
    char kit[KIT_TEXT_MAX], longer[KIT_TEXT_MAX + 8];

    (void)state;
    kit_write(ROOT, kit);
    snprintf(longer, sizeof longer, "%sbaba\n", kit);
    refused_at_line(longer, 0);
    refused_at_line(kit + 5, 0);
    kit[strlen(kit) - 6] = '\0';
    refused_at_line(kit, 0);
    refused_at_line("", 0);
    refused_at_line(" \n\t ", 0);
}

static void a_word_of_another_length_is_found(void **state)
{
    char kit[KIT_TEXT_MAX];

    (void)state;
    kit_write(ROOT, kit);
    kit[word_at(8) + 4] = 'a';  /* two words run together … */
    kit[word_at(15) + 1] = ' '; /* … and one falls apart: still 28 */
    refused_at_line(kit, 2);
}

static void a_kit_typed_by_hand_is_read(void **state)
{
    char kit[KIT_TEXT_MAX], typed[2 * KIT_TEXT_MAX] = "\n  ";
    uint8_t root[KEY_LEN];
    int bad = -1;

    (void)state;
    kit_write(ROOT, kit);
    for (size_t i = 0, n = strlen(typed); kit[i] != '\0'; i++) {
        if (kit[i] == ' ') {
            typed[n++] = i % 2 ? '\t' : ' ';
            typed[n++] = '\r';
        } else {
            typed[n++] = kit[i] == '\n' ? ' ' : (char)(i % 3 ? kit[i] : toupper((unsigned char)kit[i]));
        }
    }
    assert_int_equal(kit_read(typed, root, &bad), OK);
    assert_memory_equal(root, ROOT, KEY_LEN);
    assert_int_equal(bad, 0);
}

static void every_root_comes_back_from_its_kit(void **state)
{
    char kit[KIT_TEXT_MAX];
    uint8_t root[KEY_LEN], back[KEY_LEN];
    int bad;

    (void)state;
    for (int i = 0; i < 2000; i++) {
        memset(root, i == 0 ? 0 : 0xff, KEY_LEN);
        if (i > 1)
            secret_random(root, KEY_LEN);
        kit_write(root, kit);
        assert_int_equal(strlen(kit), KIT_TEXT_MAX - 1);
        assert_int_equal(kit_read(kit, back, &bad), OK);
        assert_memory_equal(back, root, KEY_LEN);
    }
}

static void the_identity_is_the_roots_and_no_other(void **state)
{
    uint8_t a[KEY_LEN], b[KEY_LEN], c[KEY_LEN], secret_key[SIGN_SECRET_LEN], other[KEY_LEN];

    (void)state;
    memcpy(other, ROOT, KEY_LEN);
    other[0] ^= 1;
    assert_int_equal(site_identity(ROOT, a, secret_key), OK);
    assert_int_equal(site_identity(ROOT, b, secret_key), OK);
    assert_int_equal(site_identity(other, c, secret_key), OK);
    assert_memory_equal(a, b, KEY_LEN);
    assert_memory_not_equal(a, c, KEY_LEN);
}

/* What is wrong with a file is found before the slow part: all of these take no time. */
static void a_root_file_that_is_not_one_is_refused_before_the_work(void **state)
{
    uint8_t file[ROOT_FILE_MAX] = "LATCHROO\x01";
    static const struct {
        size_t at;
        const char *bytes;
        enum err as;
    } lies[] = {
        {0, "latchroo", ERR_FORMAT},          {8, "\x02", ERR_UNSUPPORTED},        {9, "\x01", ERR_FORMAT},
        {10, "\x00\x00\x00\x02", ERR_FORMAT}, /* weaker than we write */
        {10, "\x00\x00\x00\x11", ERR_LIMIT},  {10, "\xff\xff\xff\xff", ERR_LIMIT}, {14, "\x00\x03\xff\xff", ERR_FORMAT},
        {14, "\x00\x10\x00\x01", ERR_LIMIT},  {14, "\xff\xff\xff\xff", ERR_LIMIT},
    };
    uint8_t root[KEY_LEN];

    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        memcpy(file, "LATCHROO\x01\0\0\0\0\x03\0\x04\0\0", 18);
        memcpy(file + lies[i].at, lies[i].bytes, lies[i].at == 0 ? 8 : lies[i].at < 10 ? 1 : 4);
        assert_int_equal(root_file_read(file, 138, "password", root), lies[i].as);
    }
    memcpy(file, "LATCHROO\x01\0\0\0\0\x03\0\x04\0\0", 18);
    for (size_t len = 0; len <= ROOT_FILE_MAX; len++)
        if (len != 138)
            assert_int_equal(root_file_read(file, len, "password", root), ERR_FORMAT);
}

static void an_empty_password_wraps_nothing(void **state)
{
    uint8_t file[ROOT_FILE_MAX];
    size_t len;

    (void)state;
    assert_int_equal(root_file_write(ROOT, "", file, &len), ERR_REFUSED);
}

static void a_wrong_password_opens_nothing(void **state)
{
    static const uint8_t zero[KEY_LEN];
    uint8_t file[ROOT_FILE_MAX], root[KEY_LEN] = {0};
    size_t len;

    (void)state;
    assert_int_equal(root_file_write(ROOT, "correct horse", file, &len), OK);
    assert_int_equal(len, 138);
    assert_int_equal(root_file_read(file, len, "correct horsf", root), ERR_AUTH);
    assert_memory_equal(root, zero, KEY_LEN);
    /* That the right one opens a file is test_golden's, which pays for Argon2id once more. */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_one_wrong_letter_is_found_in_its_line),
        cmocka_unit_test(two_words_that_changed_places_are_found),
        cmocka_unit_test(two_lines_that_changed_places_are_found),
        cmocka_unit_test(a_word_too_few_or_too_many_is_no_line_of_its_own),
        cmocka_unit_test(a_word_of_another_length_is_found),
        cmocka_unit_test(a_kit_typed_by_hand_is_read),
        cmocka_unit_test(every_root_comes_back_from_its_kit),
        cmocka_unit_test(the_identity_is_the_roots_and_no_other),
        cmocka_unit_test(a_root_file_that_is_not_one_is_refused_before_the_work),
        cmocka_unit_test(an_empty_password_wraps_nothing),
        cmocka_unit_test(a_wrong_password_opens_nothing),
    };

    return cmocka_run_group_tests(tests, crypto_set_up, NULL);
}
