/* SPDX-License-Identifier: Apache-2.0 */
#include "printscout/courier/printer_uri.h"

#include <string.h>

#include "tests/unit/cmocka_test.h"

static void what_is_no_plain_address_is_refused(void **state)
{
    static const char *const ipps[] = {"",
                                       "ipps://",
                                       "ipp://printer/",
                                       "ipps:///ipp/print",
                                       "ipps://root@printer/",
                                       "ipps://root:secret@printer/",
                                       "ipps://printer:0/",
                                       "ipps://printer:65536/",
                                       "ipps://printer:99999999999999999999/",
                                       "ipps://printer:/",
                                       "ipps://printer:63 1/",
                                       "ipps://printer/#fragment",
                                       "ipps://printer/a b",
                                       "ipps://printer/\r\nHost: other",
                                       "ipps://printer\\other/",
                                       "ipps://[fe80::1/",
                                       "ipps://[printer]/",
                                       "ipps://[]/"};
    static const char *const raw[] = {"socket://printer/path",
                                      "socket://printer?pjl=1",
                                      "socket://printer:9100/?pjl&x",
                                      "socket://printer?",
                                      "ipps://printer/",
                                      "socket://printer?language=",
                                      "socket://printer?language=p df",
                                      "socket://printer?language=pdf&pjl",
                                      "socket://printer?pjl?language=pdf",
                                      "socket://printer&language=pdf",
                                      "socket://printer?pjl&language=pdf&language=pdf"};
    struct printer_uri u;

    (void)state;
    for (size_t i = 0; i < sizeof ipps / sizeof *ipps; i++) {
        if (printer_uri_read(ipps[i], DELIVERY_IPPS, &u) != ERR_FORMAT)
            fail_msg("accepted: %s", ipps[i]);
    }
    for (size_t i = 0; i < sizeof raw / sizeof *raw; i++) {
        if (printer_uri_read(raw[i], DELIVERY_RAW, &u) != ERR_FORMAT)
            fail_msg("accepted: %s", raw[i]);
    }
}

static void a_host_that_fills_the_order_is_refused(void **state)
{
    char uri[400] = "ipps://";
    struct printer_uri u;

    (void)state;
    memset(uri + 7, 'a', 300);
    assert_int_equal(printer_uri_read(uri, DELIVERY_IPPS, &u), ERR_FORMAT);
}

static void an_ipps_address_becomes_the_same_https_address(void **state)
{
    static const struct {
        const char *uri, *url;
    } pairs[] = {{"ipps://printer.example/ipp/print", "https://printer.example:631/ipp/print"},
                 {"ipps://10.0.0.7:443/ipp/print?waitjob=false", "https://10.0.0.7:443/ipp/print?waitjob=false"},
                 {"ipps://[fe80::1]:8631", "https://[fe80::1]:8631/"}};
    char url[PRINTER_URL_SIZE];
    struct printer_uri u;

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_int_equal(printer_uri_read(pairs[i].uri, DELIVERY_IPPS, &u), OK);
        assert_string_equal(printer_uri_url(&u, url), pairs[i].url);
    }
}

static void a_raw_address_says_whether_the_printer_speaks_pjl(void **state)
{
    struct printer_uri u;

    (void)state;
    assert_int_equal(printer_uri_read("socket://10.0.0.7", DELIVERY_RAW, &u), OK);
    assert_int_equal(u.port, 9100);
    assert_false(u.pjl);
    assert_int_equal(printer_uri_read("socket://[::1]:9101/?pjl", DELIVERY_RAW, &u), OK);
    assert_string_equal(u.host, "::1");
    assert_int_equal(u.port, 9101);
    assert_true(u.pjl);
    assert_int_equal(printer_uri_read("socket://mono?pjl", DELIVERY_RAW, &u), OK);
    assert_true(u.pjl);
}

static void a_raw_address_says_what_the_printer_takes(void **state)
{
    struct printer_uri u;

    (void)state;
    assert_int_equal(printer_uri_read("socket://mono?pjl", DELIVERY_RAW, &u), OK);
    assert_null(u.format);
    assert_int_equal(printer_uri_read("socket://mono:9100?language=pdf", DELIVERY_RAW, &u), OK);
    assert_string_equal(u.format, "application/pdf");
    assert_false(u.pjl);
    assert_int_equal(printer_uri_read("socket://mono?pjl&language=pcl", DELIVERY_RAW, &u), OK);
    assert_string_equal(u.format, "application/vnd.hp-pcl");
    assert_true(u.pjl);
    assert_int_equal(printer_uri_read("socket://mono?language=zpl-2", DELIVERY_RAW, &u), OK);
    assert_null(u.format); /* the printer's own affair */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_plain_address_is_refused),
        cmocka_unit_test(a_host_that_fills_the_order_is_refused),
        cmocka_unit_test(an_ipps_address_becomes_the_same_https_address),
        cmocka_unit_test(a_raw_address_says_whether_the_printer_speaks_pjl),
        cmocka_unit_test(a_raw_address_says_what_the_printer_takes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
