/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines: a mistake is named and nothing is guessed. */
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "latchkey_version.h"
#include "tests/unit/capture.h"
#include "tests/unit/child.h"

static const char *relay, *person;
static int deliver;

static const struct arg ARGS[] = {
    {"relay", "URL", "where the relay is", &relay, NULL},
    {"for", "PERSON", "whose jobs they are", &person, NULL},
    {"deliver", NULL, "may take over", NULL, &deliver},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct usage USAGE = {"printscout", "enroll [--relay URL]", "Join a site.", ARGS};

static const char *operands[3];
static size_t count;

/* Parse up to eight words after the program's name. */
static enum err parse(const char *const *words)
{
    static char copies[9][64];
    char *argv[10] = {copies[0]};
    int argc = 1;

    relay = person = NULL;
    deliver = 0;
    count = 99;
    memset(operands, 0, sizeof operands);
    strcpy(copies[0], "printscout");
    for (; words[argc - 1] != NULL; argc++) {
        strcpy(copies[argc], words[argc - 1]);
        argv[argc] = copies[argc];
    }
    argv[argc] = NULL;
    return args_parse(argc, argv, &USAGE, operands, 2, &count);
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

#define REFUSED(message, ...)                                                                                          \
    do {                                                                                                               \
        struct capture c;                                                                                              \
        enum err e;                                                                                                    \
        capture_start(&c, 2);                                                                                          \
        e = PARSE(__VA_ARGS__);                                                                                        \
        capture_end(&c);                                                                                               \
        assert_string_equal(c.text, "printscout: " message "; see printscout --help\n");                               \
        assert_int_equal(e, ERR_CONFIG);                                                                               \
        assert_int_equal(count, 99);                                                                                   \
    } while (0)

static void an_unknown_option_is_named(void **state)
{
    (void)state;
    REFUSED("unknown option '--rely'", "--rely", "x");
    REFUSED("unknown option '--rely'", "--rely=x");
    REFUSED("unknown option '--relays'", "--relays", "x");
    REFUSED("unknown option '--rel'", "--rel", "x"); /* no abbreviations */
    REFUSED("unknown option '-r'", "-r", "x");
    REFUSED("unknown option '--'", "--=x");
}

static void an_option_given_twice_is_refused(void **state)
{
    (void)state;
    REFUSED("given twice: '--relay'", "--relay", "a", "--relay=b");
    REFUSED("given twice: '--deliver'", "--deliver", "--deliver");
}

static void a_missing_or_needless_value_is_named(void **state)
{
    (void)state;
    REFUSED("a value is missing after '--relay'", "enroll", "--relay");
    REFUSED("no value belongs to '--deliver'", "--deliver=yes");
}

static void one_word_too_many_is_named(void **state)
{
    (void)state;
    REFUSED("one word too many: 'c'", "a", "b", "c");
}

static void options_and_operands_come_in_any_order(void **state)
{
    (void)state;
    assert_int_equal(PARSE("enroll", "--relay", "https://a", "--deliver", "code", "--for=alice"), OK);
    assert_int_equal(count, 2);
    assert_string_equal(operands[0], "enroll");
    assert_string_equal(operands[1], "code");
    assert_null(operands[2]);
    assert_string_equal(relay, "https://a");
    assert_string_equal(person, "alice");
    assert_int_equal(deliver, 1);
}

static void a_value_may_look_like_an_option_or_be_empty(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--relay", "--deliver", "--for="), OK);
    assert_string_equal(relay, "--deliver");
    assert_string_equal(person, "");
    assert_int_equal(deliver, 0);
    assert_int_equal(count, 0);
    assert_null(operands[0]);
}

static void after_two_dashes_all_words_are_operands(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--", "--relay", "-"), OK);
    assert_int_equal(count, 2);
    assert_string_equal(operands[0], "--relay");
    assert_string_equal(operands[1], "-");
    assert_int_equal(PARSE("-"), OK);
    assert_string_equal(operands[0], "-");
}

static int ask(void *word)
{
    (void)!PARSE("--relay", "x", word); /* exits by itself; 9 if it does not */
    return 9;
}

static void help_and_version_go_to_standard_output_and_exit_0(void **state)
{
    static const char words[2][10] = {"--help", "--version"};
    struct capture c;
    int code;

    (void)state;
    capture_start(&c, 1);
    code = child_exit(ask, (void *)(uintptr_t)words[1]);
    capture_end(&c);
    assert_int_equal(code, 0);
    assert_string_equal(c.text, "printscout " LATCHKEY_VERSION "\n");

    capture_start(&c, 1);
    code = child_exit(ask, (void *)(uintptr_t)words[0]);
    capture_end(&c);
    assert_int_equal(code, 0);
    assert_non_null(strstr(c.text, "Usage: printscout enroll [--relay URL]\n\nJoin a site.\n"));
    assert_non_null(strstr(c.text, "  --for PERSON                 whose jobs they are\n"));
    assert_non_null(strstr(c.text, "  --deliver                    may take over\n"));
    assert_non_null(strstr(c.text, "  --version "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_option_is_named),
        cmocka_unit_test(an_option_given_twice_is_refused),
        cmocka_unit_test(a_missing_or_needless_value_is_named),
        cmocka_unit_test(one_word_too_many_is_named),
        cmocka_unit_test(options_and_operands_come_in_any_order),
        cmocka_unit_test(a_value_may_look_like_an_option_or_be_empty),
        cmocka_unit_test(after_two_dashes_all_words_are_operands),
        cmocka_unit_test(help_and_version_go_to_standard_output_and_exit_0),
    };

    return cmocka_run_group_tests_name("args", tests, NULL, NULL);
}
