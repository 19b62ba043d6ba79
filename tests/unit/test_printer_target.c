/* SPDX-License-Identifier: Apache-2.0 */
#include "devicescout/printers/target.h"

#include <string.h>

#include "tests/unit/capture.h"

static void what_is_no_place_of_a_printer_is_refused_with_a_sentence(void **state)
{
    static const char *const bad[] = {
        "",
        ":631",
        "host:",
        "host:0",
        "host:65536",
        "host:631x",
        "host:-1",
        "host name",
        "user@host",
        "[::1",
        "[::1]x",
        "ftp://host/",
        "ipps://",
        "ipps:///ipp/print",
        "ipps://host/a b",
        "ipps://host/a\"b",
        "ipps://host/#x",
        "socket://host/path",
        "socket://host?pjl2",
        "socket://host?",
        "mono?pjl",
        "host\n",
        "ipps://a\\b/",
        "ipps://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct target t = {.port = 7};
        struct capture c;

        capture_start(&c, 2);
        if (target_read(bad[i], &t) != ERR_CONFIG)
            fail_msg("'%s' was taken", bad[i]);
        assert_true(strlen(capture_end(&c)) > 10);
        assert_int_equal(t.port, 7); /* untouched */
    }
}

static void the_forms_that_people_use_are_understood(void **state)
{
    static const struct {
        const char *text, *host;
        uint16_t port;
        const char *path;
        int raw;
    } good[] = {{"printer", "printer", 0, "", 0},
                {"printer.example:8631", "printer.example", 8631, "", 0},
                {"192.0.2.7", "192.0.2.7", 0, "", 0},
                {"2001:db8::7", "2001:db8::7", 0, "", 0},
                {"[2001:db8::7]:631", "2001:db8::7", 631, "", 0},
                {"ipps://printer:8631/ipp/print", "printer", 8631, "/ipp/print", 0},
                {"ipp://printer/printers/a", "printer", 0, "/printers/a", 0},
                {"https://[::1]:443/", "::1", 443, "", 0},
                {"socket://printer", "printer", 9100, "", 1},
                {"socket://printer:9101", "printer", 9101, "", 1}};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct target t;

        assert_int_equal(target_read(good[i].text, &t), OK);
        assert_string_equal(t.host, good[i].host);
        assert_int_equal(t.port, good[i].port);
        assert_string_equal(t.path, good[i].path);
        assert_int_equal(t.raw, good[i].raw);
    }
}

static void a_uri_has_brackets_where_they_belong(void **state)
{
    struct target t;
    char uri[PRINTER_URI_SIZE];

    (void)state;
    assert_int_equal(target_read("[2001:db8::7]:631", &t), OK);
    assert_int_equal(target_uri(&t, "ipps", uri), OK);
    assert_string_equal(uri, "ipps://[2001:db8::7]:631");
    assert_int_equal(target_read("socket://mono", &t), OK);
    assert_int_equal(target_uri(&t, "socket", uri), OK);
    assert_string_equal(uri, "socket://mono:9100");
    assert_int_equal(target_read("socket://mono:9101?pjl", &t), OK);
    assert_int_equal(target_uri(&t, "socket", uri), OK);
    assert_string_equal(uri, "socket://mono:9101?pjl");
    assert_int_equal(target_read("socket://mono/?pjl", &t), OK);
    assert_int_equal(target_uri(&t, "socket", uri), OK);
    assert_string_equal(uri, "socket://mono:9100?pjl");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_place_of_a_printer_is_refused_with_a_sentence),
        cmocka_unit_test(the_forms_that_people_use_are_understood),
        cmocka_unit_test(a_uri_has_brackets_where_they_belong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
