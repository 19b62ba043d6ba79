/* SPDX-License-Identifier: Apache-2.0 */
/* audit_text, audit_json, audit_syslog: what a person reads at night, and what other systems are told, whatever a name
 * holds. */
#include "devicescout/fleet/audit_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devicescout/desk/audit_syslog.h"
#include "devicescout/fleet/audit_json.h"
#include "tests/unit/cmocka_test.h"

static const char *text(const char *value)
{
    static char out[AUDIT_TEXT_SIZE];

    return audit_text(value, "\"", out);
}

static void a_name_does_nothing_to_a_terminal_and_hides_nothing(void **state)
{
    (void)state;
    assert_string_equal(text("\x1b[2J\n\x7f\t"), "%1B[2J%0A%7F%09");
    assert_string_equal(text("\xc2\x9b"
                             "31m"),
                        "%C2%9B31m"); /* the C1 way to say ESC [ */
    assert_string_equal(text("a\xe2\x80\xae"
                             "gpj.exe"),
                        "a%E2%80%AEgpj.exe"); /* read from right to left */
    assert_string_equal(text("ali\xe2\x80\x8b"
                             "ce"),
                        "ali%E2%80%8Bce"); /* a blank of no width */
    assert_string_equal(text("\xe2\x81\xa6x\xf3\xa0\x80\xa1"), "%E2%81%A6x%F3%A0%80%A1");
    assert_string_equal(text("\xff\xc3"), "%FF%C3"); /* no UTF-8 */
    assert_string_equal(text("\xc0\xaf\xed\xa0\x80"), "%C0%AF%ED%A0%80");
    assert_string_equal(text("100%41 \"x\""), "100%2541 %22x%22"); /* what stood there can be told */
}

static void names_are_read_as_they_are_written(void **state)
{
    (void)state;
    assert_string_equal(text("\xc3\x87"
                             "elik O'Brien, \xe6\x9d\x8e \xf0\x9f\x96\xa8"),
                        "\xc3\x87"
                        "elik O'Brien, \xe6\x9d\x8e \xf0\x9f\x96\xa8");
    assert_string_equal(text("ipps://h:631/x\\]="), "ipps://h:631/x\\]=");
    assert_string_equal(text(""), "");
}

static void a_time_is_one_of_rfc_3339(void **state)
{
    char out[AUDIT_TIME_SIZE];

    (void)state;
    assert_string_equal(audit_time(1795197722039, 'T', out), "2026-11-20T18:02:02.039Z");
    assert_string_equal(audit_time(0, ' ', out), "1970-01-01 00:00:00.000Z");
    assert_in_range(strlen(audit_time(UINT64_MAX, 'T', out)), 1, AUDIT_TIME_SIZE - 1);
}

static const char EVIL[] = "person=a%22%5C%5D%0A%25%C3%A9 by=password";

static struct audit_entry evil(void)
{
    return (struct audit_entry){
        .number = 7, .unix_ms = 1795197722039, .event = "scout.sign_in", .detail = EVIL, .detail_len = sizeof EVIL - 1};
}

static void syslog_values_are_escaped_as_rfc_5424_wants(void **state)
{
    const struct audit_entry e = evil();
    char out[SYSLOG_MESSAGE_MAX];
    size_t len;

    (void)state;
    assert_int_equal(syslog_write(&e, "host", out, &len), OK);
    assert_int_equal(len, strlen(out));
    assert_string_equal(out, "<110>1 2026-11-20T18:02:02.039Z host latchkey - scout.sign_in [audit@32473 number=\"7\" "
                             "person=\"a\\\"\\\\\\]%0A%25\xc3\xa9\" by=\"password\"]");
}

static void json_holds_what_was_meant(void **state)
{
    const struct audit_entry e = evil();
    char *out = audit_json(&e);

    (void)state;
    assert_string_equal(out,
                        "{\"number\":7,\"time\":\"2026-11-20T18:02:02.039Z\",\"event\":\"scout.sign_in\",\"fields\":"
                        "{\"person\":\"a\\\"\\\\]\\n%\\u00E9\",\"by\":\"password\"}}");
    free(out);
}

static void what_is_no_utf_8_is_said_in_json_too(void **state)
{
    const struct audit_entry e = {.number = 1, .event = "x", .detail = "a=%FF%41", .detail_len = 8};
    char *out = audit_json(&e);

    (void)state;
    assert_non_null(strstr(out, "{\"a\":\"%FFA\"}"));
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_does_nothing_to_a_terminal_and_hides_nothing),
        cmocka_unit_test(names_are_read_as_they_are_written),
        cmocka_unit_test(a_time_is_one_of_rfc_3339),
        cmocka_unit_test(syslog_values_are_escaped_as_rfc_5424_wants),
        cmocka_unit_test(json_holds_what_was_meant),
        cmocka_unit_test(what_is_no_utf_8_is_said_in_json_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
