/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/ticket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

static struct ticket ticket_of(void)
{
    return (struct ticket){.title = "Minutes \"draft\" \xc3\xa4",
                           .format = "application/pdf",
                           .host = "pc-17",
                           .account = "alice",
                           .document_bytes = 500000,
                           .content = {12, TICKET_COLOR_YES, "srgb_8", 600},
                           .created_unix_ms = 1764000000000,
                           .ipp = {0x21, 0, 6},
                           .ipp_len = 3};
}

static enum err read_text(const char *json)
{
    struct ticket t;
    size_t len = strlen(json);
    uint8_t *copy = malloc(len + 1); /* without the NUL: json is bytes and a length */
    enum err e;

    assert_non_null(copy);
    memcpy(copy, json, len);
    e = ticket_read(copy, len, &t);
    free(copy);
    return e;
}

#define START "{\"title\":\"t\",\"format\":\"f\",\"host\":\"h\",\"account\":\"a\","
#define FOUND "\"pages\":1,\"color\":0,\"raster-type\":\"\",\"raster-dpi\":0,"
#define END   FOUND "\"created-unix-ms\":1,\"ipp\":\"\",\"password\":\"\"}"

static void what_is_no_ticket_is_refused(void **state)
{
    (void)state;
    assert_int_equal(read_text(START "\"document-bytes\":1," END), OK);
    assert_int_equal(read_text(""), ERR_FORMAT);
    assert_int_equal(read_text("[]"), ERR_FORMAT);
    assert_int_equal(read_text("{}"), ERR_FORMAT);
    assert_int_equal(read_text("\"title\""), ERR_FORMAT);
    assert_int_equal(read_text(START END), ERR_FORMAT); /* a key is missing */
    assert_int_equal(read_text(START "\"document-bytes\":1," END " {}"), ERR_FORMAT);
    assert_int_equal(read_text(START "\"document-bytes\":1,\"colour\":1," END), ERR_FORMAT); /* an unknown one */
    assert_int_equal(read_text(START "\"document-bytes\":1,\"document-bytes\":1," END), ERR_FORMAT);
}

static void numbers_that_are_none_are_refused(void **state)
{
    (void)state;
    assert_int_equal(read_text(START "\"document-bytes\":-1," END), ERR_FORMAT);
    assert_int_equal(read_text(START "\"document-bytes\":1.5," END), ERR_FORMAT);
    assert_int_equal(read_text(START "\"document-bytes\":1e3," END), ERR_FORMAT);
    assert_int_equal(read_text(START "\"document-bytes\":\"1\"," END), ERR_FORMAT);
    assert_int_equal(read_text(START "\"document-bytes\":true," END), ERR_FORMAT);
    assert_int_equal(read_text(START "\"document-bytes\":null," END), ERR_FORMAT);
    assert_int_equal(read_text(START "\"document-bytes\":99999999999999999999," END), ERR_FORMAT);
    assert_int_equal(
        read_text("{\"title\":\"t\",\"format\":\"f\",\"host\":\"h\",\"account\":\"a\",\"document-bytes\":1,"
                  "\"pages\":4294967296,\"color\":0,\"raster-type\":\"\",\"raster-dpi\":0,\"created-unix-ms\":1,"
                  "\"ipp\":\"\",\"password\":\"\"}"),
        ERR_FORMAT);
}

#define WITH_TITLE(title)                                                                                              \
    "{\"title\":" title ",\"format\":\"f\",\"host\":\"h\",\"account\":\"a\",\"document-bytes\":1," END

static void texts_that_no_page_should_show_are_refused(void **state)
{
    char longest[600];

    (void)state;
    assert_int_equal(read_text(WITH_TITLE("\"t\"")), OK);
    assert_int_equal(read_text(WITH_TITLE("7")), ERR_FORMAT);
    assert_int_equal(read_text(WITH_TITLE("\"a\\nb\"")), ERR_FORMAT);
    assert_int_equal(read_text(WITH_TITLE("\"a\\u0000b\"")), ERR_FORMAT);
    assert_int_equal(read_text(WITH_TITLE("\"a\\u007fb\"")), ERR_FORMAT);
    assert_int_equal(read_text(WITH_TITLE("\"\xff\"")), ERR_FORMAT);
    snprintf(longest, sizeof longest, WITH_TITLE("\"%0255d\""), 0);
    assert_int_equal(read_text(longest), OK);
    snprintf(longest, sizeof longest, WITH_TITLE("\"%0256d\""), 0);
    assert_int_equal(read_text(longest), ERR_LIMIT);
}

#define WITH_IPP(ipp) START "\"document-bytes\":1," FOUND "\"created-unix-ms\":1,\"ipp\":\"" ipp "\",\"password\":\"\"}"

static void attributes_that_are_no_hex_are_refused(void **state)
{
    char longest[TICKET_JSON_MAX + 1000];

    (void)state;
    assert_int_equal(read_text(WITH_IPP("00ff")), OK);
    assert_int_equal(read_text(WITH_IPP("0")), ERR_FORMAT);
    assert_int_equal(read_text(WITH_IPP("FF")), ERR_FORMAT);
    assert_int_equal(read_text(WITH_IPP("zz")), ERR_FORMAT);
    snprintf(longest, sizeof longest, WITH_IPP("%0*d"), 2 * TICKET_IPP_MAX, 0);
    assert_int_equal(read_text(longest), OK);
    snprintf(longest, sizeof longest, WITH_IPP("%0*d"), 2 * TICKET_IPP_MAX + 2, 0);
    assert_int_equal(read_text(longest), ERR_LIMIT);
}

static void a_password_is_whole_and_of_a_known_method(void **state)
{
    char json[600];

    (void)state;
    for (int method = 0; method < 4; method++) {
        snprintf(json, sizeof json,
                 START "\"document-bytes\":1," FOUND "\"created-unix-ms\":1,\"ipp\":\"\",\"password\":\"%02d%096d\"}",
                 method, 0);
        assert_int_equal(read_text(json), method == 1 || method == 2 ? OK : ERR_FORMAT);
    }
    for (int digits = 1; digits < 110; digits++) {
        snprintf(json, sizeof json,
                 START "\"document-bytes\":1," FOUND "\"created-unix-ms\":1,\"ipp\":\"\",\"password\":\"%0*d\"}",
                 digits, 1);
        assert_int_equal(read_text(json), ERR_FORMAT);
    }
}

static void deep_nesting_and_length_are_bounded(void **state)
{
    static char nested[TICKET_JSON_MAX + 2];

    (void)state;
    memset(nested, '[', TICKET_JSON_MAX);
    assert_int_equal(read_text(nested), ERR_FORMAT);
    nested[TICKET_JSON_MAX] = '[';
    assert_int_equal(read_text(nested), ERR_LIMIT);
}

static void a_ticket_cut_anywhere_is_refused(void **state)
{
    struct ticket t = ticket_of(), read;
    uint8_t json[TICKET_JSON_MAX];
    size_t len;

    (void)state;
    assert_int_equal(ticket_write(&t, json, &len), OK);
    for (size_t i = 0; i < len; i++)
        assert_int_not_equal(ticket_read(json, i, &read), OK);
}

static void what_cannot_be_read_is_not_written(void **state)
{
    struct ticket t = ticket_of();
    uint8_t json[TICKET_JSON_MAX];
    size_t len;

    (void)state;
    strcpy(t.title, "two\nlines");
    assert_int_equal(ticket_write(&t, json, &len), ERR_FORMAT);
    t = ticket_of();
    t.ipp_len = TICKET_IPP_MAX + 1;
    assert_int_equal(ticket_write(&t, json, &len), ERR_LIMIT);
    t = ticket_of();
    t.document_bytes = UINT64_MAX;
    assert_int_equal(ticket_write(&t, json, &len), ERR_LIMIT);
}

static void the_longest_ticket_fits(void **state)
{
    struct ticket t = ticket_of(), read;
    uint8_t json[TICKET_JSON_MAX];
    size_t len;

    (void)state;
    memset(t.title, '"', sizeof t.title - 1); /* each grows to two */
    memset(t.format, '"', sizeof t.format - 1);
    memset(t.host, '\\', sizeof t.host - 1);
    memset(t.account, '"', sizeof t.account - 1);
    t.ipp_len = TICKET_IPP_MAX;
    t.document_bytes = t.created_unix_ms = INT64_MAX;
    t.content = (struct ticket_content){UINT32_MAX, TICKET_COLOR_YES, "", UINT32_MAX};
    memset(t.content.raster_type, '"', sizeof t.content.raster_type - 1);
    assert_int_equal(ticket_write(&t, json, &len), OK);
    assert_int_equal(ticket_read(json, len, &read), OK);
    assert_string_equal(read.host, t.host);
}

static void what_was_written_is_read(void **state)
{
    struct ticket t = ticket_of(), read;
    uint8_t json[TICKET_JSON_MAX];
    size_t len;

    (void)state;
    assert_int_equal(ticket_write(&t, json, &len), OK);
    assert_int_equal(ticket_read(json, len, &read), OK);
    assert_string_equal(read.title, t.title);
    assert_string_equal(read.format, t.format);
    assert_string_equal(read.host, t.host);
    assert_string_equal(read.account, t.account);
    assert_int_equal(read.document_bytes, t.document_bytes);
    assert_memory_equal(&read.content, &t.content, sizeof t.content);
    assert_int_equal(read.created_unix_ms, t.created_unix_ms);
    assert_int_equal(read.ipp_len, t.ipp_len);
    assert_memory_equal(read.ipp, t.ipp, t.ipp_len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_ticket_is_refused),
        cmocka_unit_test(numbers_that_are_none_are_refused),
        cmocka_unit_test(texts_that_no_page_should_show_are_refused),
        cmocka_unit_test(attributes_that_are_no_hex_are_refused),
        cmocka_unit_test(a_password_is_whole_and_of_a_known_method),
        cmocka_unit_test(deep_nesting_and_length_are_bounded),
        cmocka_unit_test(a_ticket_cut_anywhere_is_refused),
        cmocka_unit_test(what_cannot_be_read_is_not_written),
        cmocka_unit_test(the_longest_ticket_fits),
        cmocka_unit_test(what_was_written_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
