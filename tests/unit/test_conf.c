/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration: a mistake in the file is named by file, line and key, and nothing starts. */
#include "base/conf.h"
#include "tests/unit/capture.h"
#include "tests/unit/scratch.h"

static const struct conf_key KEYS[] = {
    {"spool", CONF_TEXT, "/var/spool", 0, 0, "where sealed jobs wait"},
    {"port", CONF_NUMBER, "4321", 1, 65535, "the port"},
    {"shared", CONF_BOOL, "no", 0, 0, "more than one person"},
    {"relays", CONF_LIST, "", 0, 0, "relays"},
    {"bases", CONF_LIST, "dc=example", 0, 0, "search bases"},
};
#define NKEYS (sizeof KEYS / sizeof *KEYS)

/* Read text as a file, expect ERR_CONFIG and exactly this line, in which the file is called FILE. */
static void refused(void **state, const char *text, const char *message)
{
    struct conf *conf = NULL;
    char path[256], expected[1024];
    struct capture c;
    const char *said;
    enum err e;

    scratch_write(*state, "scout.conf", text);
    scratch_path(*state, "scout.conf", path);
    snprintf(expected, sizeof expected, "%s%s\n", path, message);
    capture_start(&c, 2);
    e = conf_read(path, KEYS, NKEYS, &conf);
    said = capture_end(&c);
    assert_string_equal(said, expected);
    assert_int_equal(e, ERR_CONFIG);
    assert_null(conf);
}

static void an_unknown_key_is_named_with_its_line(void **state)
{
    refused(state, "port = 1\n\nprot = 2\n", ":3: prot: there is no such setting");
    refused(state, "include = \"/etc/shadow\"\n", ":1: include: there is no such setting");
}

static void a_doubled_key_is_named_with_both_lines(void **state)
{
    refused(state, "port = 1\nport = 2\n", ":2: port: set twice; the first is on line 1");
    refused(state, "port = 1\n\n\"port\" = 1", ":3: port: set twice; the first is on line 1");
    refused(state, "port = 1 port = 2\n", ":1: port: set twice; the first is on line 1");
}

static void a_list_is_not_set_twice_or_added_to_or_emptied(void **state)
{
    refused(state, "relays = {\"a\",\n\"b\"}\nrelays = {\"c\"}\n", ":3: relays: set twice; the first is on line 1");
    refused(state, "relays = {\"a\"}\nrelays += {\"c\"}\n", ":2: relays: set twice; the first is on line 1");
    refused(state, "relays = {\"a\"}\nrelays = {}\n", ":2: relays: set twice; the first is on line 1");
    refused(state, "relays = {}\nrelays = {\"a\"}\n", ":2: relays: set twice; the first is on line 1");
}

static void a_comment_does_not_shift_the_line(void **state)
{
    refused(state, "/* one\n * two */ /* three */\n# four\n// five\nport = no\n",
            ":5: port: invalid integer value for option 'port'");
    refused(state, "spool = \"# no comment /* \\\" \"\nport = 1\nport = 2\n",
            ":3: port: set twice; the first is on line 2");
    refused(state, "spool = '// \\' {'\nprot = 1\n", ":2: prot: there is no such setting");
    refused(state, "spool = \"two\nlines\"\nprot = 1\n", ":3: prot: there is no such setting");
}

static void a_wrong_type_is_named(void **state)
{
    refused(state, "port = many\n", ":1: port: invalid integer value for option 'port'");
    refused(state, "port = 99999999999999999999\n", ":1: port: integer value for option 'port' is out of range");
    refused(state, "shared = maybe\n", ":1: shared: invalid boolean value for option 'shared'");
}

static void a_number_out_of_range_is_named_with_its_range(void **state)
{
    refused(state, "\nport = 0\n", ":2: port: must be from 1 to 65535");
    refused(state, "port = 65536", ":1: port: must be from 1 to 65535");
    refused(state, "port = -1", ":1: port: must be from 1 to 65535");
}

static void an_address_without_quotes_is_not_cut_at_its_slashes(void **state)
{
    refused(state, "relays = {https://relay.example}\n",
            ":1: https:: put the value in quotes, for a comment would begin inside it");
    refused(state, "spool = /a#b\n", ":1: /a: put the value in quotes, for a comment would begin inside it");
}

static void broken_syntax_is_an_error_and_not_a_guess(void **state)
{
    static const char *const bad[] = {"port",     "port =",      "= 1",          "port 1",      "port = {1",
                                      "port = }", "spool = \"a", "relays = {a,", "relays = a}", "section { port = 1 }"};
    char path[256];

    scratch_path(*state, "scout.conf", path);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct conf *conf = NULL;
        struct capture c;
        enum err e;

        scratch_write(*state, "scout.conf", bad[i]);
        capture_start(&c, 2);
        e = conf_read(path, KEYS, NKEYS, &conf);
        capture_end(&c);
        if (e != ERR_CONFIG)
            fail_msg("'%s' was read: %s", bad[i], err_name(e));
        assert_non_null(strstr(c.text, path));
    }
}

static void what_is_no_text_file_is_refused(void **state)
{
    struct conf *conf = NULL;
    const struct scratch *s = *state;
    char path[256];
    struct capture c;
    int fd = openat(s->fd, "binary", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_int_equal(write(fd, "port = 1\0port = 2", 17), 17);
    close(fd);
    capture_start(&c, 2);
    assert_int_equal(conf_read(scratch_path(s, "binary", path), KEYS, NKEYS, &conf), ERR_CONFIG);
    assert_int_equal(conf_read(s->path, KEYS, NKEYS, &conf), ERR_CONFIG); /* a folder */
    assert_int_equal(conf_read("/dev/zero", KEYS, NKEYS, &conf), ERR_CONFIG);
    capture_end(&c);
    assert_null(conf);
}

static void a_missing_file_is_told_from_a_wrong_one(void **state)
{
    struct conf *conf = NULL;
    char path[256];

    assert_int_equal(conf_read(scratch_path(*state, "none", path), KEYS, NKEYS, &conf), ERR_NOTFOUND);
    assert_null(conf);
}

static void a_key_without_fallback_must_be_there(void **state)
{
    static const struct conf_key must[] = {{"site", CONF_TEXT, NULL, 0, 0, "the site's id"}};
    struct conf *conf = NULL;
    struct capture c;

    (void)state;
    capture_start(&c, 2);
    assert_int_equal(conf_read(NULL, must, 1, &conf), ERR_CONFIG);
    assert_string_equal(capture_end(&c), "settings: site: must be set (the site's id)\n");
    assert_null(conf);
}

static void fallbacks_stand_in_where_the_file_is_silent(void **state)
{
    struct conf *conf = NULL;
    char path[256];

    scratch_write(*state, "empty", "");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(conf_read(i == 0 ? NULL : scratch_path(*state, "empty", path), KEYS, NKEYS, &conf), OK);
        assert_string_equal(conf_text(conf, "spool"), "/var/spool");
        assert_int_equal(conf_number(conf, "port"), 4321);
        assert_int_equal(conf_bool(conf, "shared"), 0);
        assert_int_equal(conf_list_len(conf, "relays"), 0);
        assert_int_equal(conf_list_len(conf, "bases"), 1);
        assert_string_equal(conf_list_item(conf, "bases", 0), "dc=example");
        assert_int_equal(conf_is_set(conf, "port"), 0);
        conf_free(conf);
        conf = NULL;
    }
}

static void what_the_file_says_stands(void **state)
{
    struct conf *conf = NULL;
    char path[256];

    scratch_write(*state, "scout.conf",
                  "# a comment\nspool = \"/srv/spool # not a comment\"\nport = 1\nshared = yes\n"
                  "relays = {\"https://a.example\", 'https://b.example'} // two\nbases = {}\n");
    assert_int_equal(conf_read(scratch_path(*state, "scout.conf", path), KEYS, NKEYS, &conf), OK);
    assert_string_equal(conf_text(conf, "spool"), "/srv/spool # not a comment");
    assert_int_equal(conf_number(conf, "port"), 1);
    assert_int_equal(conf_bool(conf, "shared"), 1);
    assert_int_equal(conf_list_len(conf, "relays"), 2);
    assert_string_equal(conf_list_item(conf, "relays", 0), "https://a.example");
    assert_string_equal(conf_list_item(conf, "relays", 1), "https://b.example");
    assert_int_equal(conf_list_len(conf, "bases"), 0); /* empty on purpose is not the fallback */
    assert_int_equal(conf_is_set(conf, "port"), 1);
    conf_free(conf);
}

static void the_sample_reads_back_as_the_fallbacks(void **state)
{
    struct conf *conf = NULL;
    struct capture c;
    char path[256], sample[sizeof c.text];
    size_t n = 0;

    capture_start(&c, 1);
    conf_print_sample(KEYS, NKEYS);
    capture_end(&c);
    for (const char *at = c.text; *at != '\0'; at++) { /* "#port" is a setting to uncomment, "# …" is prose */
        if (*at != '#' || at[1] == ' ')
            sample[n++] = *at;
    }
    sample[n] = '\0';
    scratch_write(*state, "sample.conf", sample);
    assert_int_equal(conf_read(scratch_path(*state, "sample.conf", path), KEYS, NKEYS, &conf), OK);
    assert_int_equal(conf_is_set(conf, "bases"), 1);
    assert_string_equal(conf_text(conf, "spool"), "/var/spool");
    assert_int_equal(conf_number(conf, "port"), 4321);
    assert_string_equal(conf_list_item(conf, "bases", 0), "dc=example");
    assert_int_equal(conf_list_len(conf, "relays"), 0);
    conf_free(conf);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_new, scratch_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(an_unknown_key_is_named_with_its_line),
        IN_SCRATCH(a_doubled_key_is_named_with_both_lines),
        IN_SCRATCH(a_list_is_not_set_twice_or_added_to_or_emptied),
        IN_SCRATCH(a_comment_does_not_shift_the_line),
        IN_SCRATCH(a_wrong_type_is_named),
        IN_SCRATCH(a_number_out_of_range_is_named_with_its_range),
        IN_SCRATCH(an_address_without_quotes_is_not_cut_at_its_slashes),
        IN_SCRATCH(broken_syntax_is_an_error_and_not_a_guess),
        IN_SCRATCH(what_is_no_text_file_is_refused),
        IN_SCRATCH(a_missing_file_is_told_from_a_wrong_one),
        IN_SCRATCH(a_key_without_fallback_must_be_there),
        IN_SCRATCH(fallbacks_stand_in_where_the_file_is_silent),
        IN_SCRATCH(what_the_file_says_stands),
        IN_SCRATCH(the_sample_reads_back_as_the_fallbacks),
    };

    return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
