/* SPDX-License-Identifier: Apache-2.0 */
/* Where a request's attributes end, and what is refused before libcups sees it. */
#include <stdlib.h>

#include "printscout/queue/ippscan.h"
#include "tests/unit/ipp_bytes.h"

static struct ipp_bytes m;

/* Scan what m holds, in one piece. */
static enum err scan(void)
{
    struct ippscan s = {0};
    size_t used = 0;
    enum err e = ippscan_take(&s, m.bytes, m.b.len, &used);

    if (e == OK && !s.done)
        e = ERR_STATE; /* more is wanted */
    ippscan_free(&s);
    return e;
}

static void attributes_before_a_group_are_refused(void **state)
{
    (void)state;
    ipp_start(&m, 2);
    ipp_text(&m, 0x47, "attributes-charset", "utf-8");
    assert_int_equal(scan(), ERR_FORMAT);
}

static void a_first_group_that_is_not_the_operations_is_refused(void **state)
{
    static const uint8_t tags[] = {0x00, 0x02, 0x03, 0x04, 0x0f};

    (void)state;
    for (size_t i = 0; i < sizeof tags; i++) {
        ipp_start(&m, 2);
        ipp_tag(&m, tags[i]);
        assert_int_equal(scan(), ERR_FORMAT);
    }
}

static void a_second_operation_group_is_refused(void **state)
{
    (void)state;
    ipp_head(&m, 2);
    ipp_tag(&m, 0x02);
    ipp_tag(&m, 0x01);
    assert_int_equal(scan(), ERR_FORMAT);
}

static void a_value_without_an_attribute_is_refused(void **state)
{
    (void)state;
    ipp_start(&m, 2);
    ipp_tag(&m, 0x01);
    ipp_text(&m, 0x44, "", "orphan");
    assert_int_equal(scan(), ERR_FORMAT);
}

static void numbers_of_a_wrong_size_are_refused(void **state)
{
    static const struct {
        uint8_t tag;
        size_t len;
    } bad[] = {{0x21, 3}, {0x21, 5}, {0x21, 0}, {0x22, 0}, {0x22, 2}, {0x23, 8}, {0x31, 10}, {0x32, 8}, {0x33, 9},
               {0x34, 1}, {0x10, 1}, {0x13, 4}, {0x35, 3}, {0x7f, 8}, {0x43, 3}, {0xc0, 4},  {0x20, 4}, {0x1f, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ipp_head(&m, 2);
        ipp_element(&m, bad[i].tag, "x", "\0\0\0\0\0\0\0\0\0\0\0", bad[i].len);
        if (scan() != ERR_FORMAT)
            fail_msg("tag %#x took %zu bytes", bad[i].tag, bad[i].len);
    }
}

static void texts_beyond_their_syntax_are_refused_when_the_length_is_known(void **state)
{
    static const struct {
        uint8_t tag;
        uint16_t len;
    } bad[] = {{0x41, 1024}, {0x42, 256}, {0x44, 256}, {0x45, 1024}, {0x46, 64}, {0x47, 64}, {0x49, 256}, {0x30, 1024}};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ipp_head(&m, 2);
        ipp_tag(&m, bad[i].tag);
        assert_int_equal(wbuf_bytes16(&m.b, "x", 1), OK);
        assert_int_equal(wbuf_u16(&m.b, bad[i].len), OK); /* and not a byte of it */
        if (scan() != ERR_LIMIT)
            fail_msg("tag %#x took %u bytes", bad[i].tag, bad[i].len);
    }
}

static void a_name_of_64_kib_is_refused_when_its_length_is_known(void **state)
{
    (void)state;
    ipp_head(&m, 2);
    ipp_tag(&m, 0x44);
    assert_int_equal(wbuf_u16(&m.b, 0xffff), OK);
    assert_int_equal(scan(), ERR_LIMIT);
}

static void what_hides_behind_a_nul_is_refused(void **state)
{
    (void)state;
    ipp_head(&m, 2);
    ipp_element(&m, 0x42, "job-name", "a\0b", 3);
    assert_int_equal(scan(), ERR_FORMAT);
    ipp_head(&m, 2);
    ipp_tag(&m, 0x44);
    assert_int_equal(wbuf_bytes16(&m.b, "sides\0x", 7), OK);
    assert_int_equal(wbuf_bytes16(&m.b, "one-sided", 9), OK);
    assert_int_equal(scan(), ERR_FORMAT);
}

static void collections_nested_100_deep_are_refused(void **state)
{
    (void)state;
    ipp_head(&m, 2);
    ipp_tag(&m, 0x02);
    ipp_element(&m, 0x34, "media-col", "", 0);
    for (int i = 0; i < 100; i++) {
        ipp_text(&m, 0x4a, "", "media-col");
        ipp_element(&m, 0x34, "", "", 0);
    }
    assert_int_equal(scan(), ERR_LIMIT);
}

static void a_collection_that_never_ends_or_never_began_is_refused(void **state)
{
    (void)state;
    ipp_head(&m, 2);
    ipp_element(&m, 0x34, "media-col", "", 0);
    ipp_tag(&m, 0x03);
    assert_int_equal(scan(), ERR_FORMAT);
    ipp_head(&m, 2);
    ipp_element(&m, 0x37, "", "", 0);
    assert_int_equal(scan(), ERR_FORMAT);
}

static void more_values_than_anybody_needs_are_refused(void **state)
{
    (void)state;
    ipp_head(&m, 2);
    ipp_integer(&m, 0x21, "x", 1);
    for (int i = 0; i < IPPSCAN_VALUES_MAX; i++)
        ipp_integer(&m, 0x21, "", 1);
    ipp_tag(&m, 0x03);
    assert_int_equal(scan(), ERR_LIMIT);
}

static void attributes_of_64_kib_without_an_end_are_refused(void **state)
{
    char text[1000];
    struct ippscan s = {0};
    size_t used;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    ipp_head(&m, 2);
    while (m.b.len < IPPSCAN_BYTES_MAX)
        ipp_text(&m, 0x41, "t", text);
    assert_int_equal(ippscan_take(&s, m.bytes, m.b.len, &used), ERR_LIMIT);
    assert_true(s.size <= IPPSCAN_BYTES_MAX);
    ippscan_free(&s);
}

static void a_request_that_comes_byte_by_byte_is_found_to_end_at_the_same_place(void **state)
{
    struct ippscan s = {0};
    size_t end, used;
    ipp_t *ipp = NULL;

    (void)state;
    ipp_head(&m, 2);
    ipp_tag(&m, 0x02);
    ipp_element(&m, 0x34, "media-col", "", 0);
    ipp_text(&m, 0x4a, "", "media-type");
    ipp_text(&m, 0x44, "", "stationery");
    ipp_element(&m, 0x37, "", "", 0);
    ipp_tag(&m, 0x03);
    end = m.b.len;
    assert_int_equal(wbuf_copy(&m.b, "\x03\x03%PDF", 6), OK); /* the document may look like tags */
    for (size_t i = 0; i < end; i++) {
        assert_false(s.done);
        assert_int_equal(ippscan_take(&s, m.bytes + i, 1, &used), OK);
        assert_int_equal(used, 1);
    }
    assert_true(s.done);
    assert_int_equal(s.len, end);
    assert_int_equal(ippscan_read(&s, &ipp), OK);
    assert_int_equal(ippGetOperation(ipp), IPP_OP_PRINT_JOB);
    assert_non_null(ippFindAttribute(ipp, "media-col", IPP_TAG_BEGIN_COLLECTION));
    ippDelete(ipp);
    ippscan_free(&s);
}

static void bytes_of_the_document_are_left_to_the_document(void **state)
{
    struct ippscan s = {0};
    size_t used, end;

    (void)state;
    ipp_head(&m, 2);
    ipp_tag(&m, 0x03);
    end = m.b.len;
    while (m.b.len < IPPSCAN_BYTES_MAX + 100) /* a long document must not count as attributes */
        assert_int_equal(wbuf_u8(&m.b, 'x'), OK);
    assert_int_equal(ippscan_take(&s, m.bytes, m.b.len, &used), OK);
    assert_true(s.done);
    assert_int_equal(used, end);
    ippscan_free(&s);
}

static void text_that_is_not_utf8_is_refused_when_it_is_read(void **state)
{
    struct ippscan s = {0};
    ipp_t *ipp = NULL;
    size_t used;

    (void)state;
    ipp_head(&m, 2);
    ipp_element(&m, 0x42, "job-name", "\xff\xfe", 2);
    ipp_tag(&m, 0x03);
    assert_int_equal(ippscan_take(&s, m.bytes, m.b.len, &used), OK);
    assert_int_equal(ippscan_read(&s, &ipp), ERR_FORMAT);
    assert_null(ipp);
    ippscan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_before_a_group_are_refused),
        cmocka_unit_test(a_first_group_that_is_not_the_operations_is_refused),
        cmocka_unit_test(a_second_operation_group_is_refused),
        cmocka_unit_test(a_value_without_an_attribute_is_refused),
        cmocka_unit_test(numbers_of_a_wrong_size_are_refused),
        cmocka_unit_test(texts_beyond_their_syntax_are_refused_when_the_length_is_known),
        cmocka_unit_test(a_name_of_64_kib_is_refused_when_its_length_is_known),
        cmocka_unit_test(what_hides_behind_a_nul_is_refused),
        cmocka_unit_test(collections_nested_100_deep_are_refused),
        cmocka_unit_test(a_collection_that_never_ends_or_never_began_is_refused),
        cmocka_unit_test(more_values_than_anybody_needs_are_refused),
        cmocka_unit_test(attributes_of_64_kib_without_an_end_are_refused),
        cmocka_unit_test(a_request_that_comes_byte_by_byte_is_found_to_end_at_the_same_place),
        cmocka_unit_test(bytes_of_the_document_are_left_to_the_document),
        cmocka_unit_test(text_that_is_not_utf8_is_refused_when_it_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
