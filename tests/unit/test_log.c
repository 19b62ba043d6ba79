/* SPDX-License-Identifier: Apache-2.0 */
/* Logs: one event, one line, whatever the values hold. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "tests/unit/capture.h"

static size_t lines_in(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

static void a_value_cannot_begin_a_line_of_its_own(void **state)
{
    struct capture c;
    const char *text;

    (void)state;
    log_start("scout", LOG_INFO_);
    capture_start(&c, 2);
    log_warn("join_refused", "name=%s", "x\nscout 2020-01-01T00:00:00.000Z info job_held job=1\r\n");
    text = capture_end(&c);
    assert_int_equal(lines_in(text), 1);
    assert_non_null(strstr(text, "name=x\\x0ascout "));
    assert_null(strchr(text, '\r'));
}

static void a_value_cannot_steer_a_terminal_or_close_a_quote(void **state)
{
    struct capture c;
    const char *text;

    (void)state;
    capture_start(&c, 2);
    log_warn("join_refused", "name=%s",
             "\x1b]0;owned\a\x9b"
             "2J\xc2\x9b\"\\\x7f");
    text = capture_end(&c);
    assert_non_null(strstr(text, "name=\\x1b]0;owned\\x07\\x9b2J\\xc2\\x9b\\\"\\\\\\x7f\n"));
}

static void an_endless_value_is_cut_and_the_line_still_ends(void **state)
{
    static char long_text[100000];
    struct capture c;
    const char *text;

    (void)state;
    memset(long_text, 0x01, sizeof long_text - 1); /* each byte grows to four */
    capture_start(&c, 2);
    log_warn("join_refused", "name=%s", long_text);
    text = capture_end(&c);
    assert_int_equal(lines_in(text), 1);
    assert_true(strlen(text) <= 4096);
    assert_int_equal(text[strlen(text) - 1], '\n');
}

static void errno_is_the_same_after_a_log_call(void **state)
{
    struct capture c;

    (void)state;
    capture_start(&c, 2);
    errno = EDQUOT;
    log_error("spool_full", "job=%d", 1);
    assert_int_equal(errno, EDQUOT);
    capture_end(&c);
}

static void a_log_that_cannot_be_written_stops_nothing(void **state)
{
    int saved = dup(2);

    (void)state;
    close(2);
    log_error("spool_full", "job=%d", 1);
    dup2(saved, 2);
    close(saved);
}

static void levels_below_the_least_are_silent(void **state)
{
    struct capture c;

    (void)state;
    log_start("scout", LOG_WARN_);
    capture_start(&c, 2);
    log_debug("tick", "n=%d", 1);
    log_info("tick", "n=%d", 2);
    assert_string_equal(capture_end(&c), "");
    log_start("scout", LOG_DEBUG_);
    capture_start(&c, 2);
    log_debug("tick", "n=%d", 3);
    assert_non_null(strstr(capture_end(&c), " debug tick n=3\n"));
}

static void a_line_names_program_time_level_and_event(void **state)
{
    struct capture c;
    char program[16], level[8], event[16], rest[32];
    int year, month, day, hour, minute, second, ms;

    (void)state;
    log_start("scout", LOG_INFO_);
    capture_start(&c, 2);
    log_info("job_held", "job=%s bytes=%d", "00ff", 12);
    assert_int_equal(sscanf(capture_end(&c), "%15s %4d-%2d-%2dT%2d:%2d:%2d.%3dZ %7s %15s %31[^\n]", program, &year,
                            &month, &day, &hour, &minute, &second, &ms, level, event, rest),
                     11);
    assert_string_equal(program, "scout");
    assert_string_equal(level, "info");
    assert_string_equal(event, "job_held");
    assert_string_equal(rest, "job=00ff bytes=12");
}

static void levels_are_read_by_their_exact_names(void **state)
{
    enum log_level level = LOG_WARN_;

    (void)state;
    assert_int_equal(log_level_read("loud", &level), ERR_FORMAT);
    assert_int_equal(log_level_read("", &level), ERR_FORMAT);
    assert_int_equal(log_level_read("Info", &level), ERR_FORMAT);
    assert_int_equal(level, LOG_WARN_);
    assert_int_equal(log_level_read("debug", &level), OK);
    assert_int_equal(level, LOG_DEBUG_);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_cannot_begin_a_line_of_its_own),
        cmocka_unit_test(a_value_cannot_steer_a_terminal_or_close_a_quote),
        cmocka_unit_test(an_endless_value_is_cut_and_the_line_still_ends),
        cmocka_unit_test(errno_is_the_same_after_a_log_call),
        cmocka_unit_test(a_log_that_cannot_be_written_stops_nothing),
        cmocka_unit_test(levels_below_the_least_are_silent),
        cmocka_unit_test(a_line_names_program_time_level_and_event),
        cmocka_unit_test(levels_are_read_by_their_exact_names),
    };

    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
