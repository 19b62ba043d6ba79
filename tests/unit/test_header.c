/* SPDX-License-Identifier: Apache-2.0 */
/* The header: every length, magic, version and reserved byte but the right ones is refused. */
#include <string.h>

#include "crypto/header.h"
#include "tests/unit/cmocka_test.h"

static const struct job_header HEADER = {
    .site = {"the site's id.."},
    .job = {"the job's id..."},
    .node = {"the node's id.."},
    .epoch = 0x01020304,
    .created_unix_ms = 5,
    .wrapped_key = {1, 2, 3},
};

static void refused(const uint8_t *bytes, size_t len, enum err as)
{
    struct job_header h;

    memset(&h, 0xee, sizeof h);
    assert_int_equal(header_read(bytes, len, &h), as);
    for (size_t i = 0; i < sizeof h; i++)
        assert_int_equal(((const uint8_t *)&h)[i], 0xee);
}

static void a_header_cut_at_any_byte_is_refused(void **state)
{
    uint8_t bytes[HEADER_LEN];

    (void)state;
    header_write(&HEADER, bytes);
    for (size_t len = 0; len < HEADER_LEN; len++)
        refused(bytes, len, ERR_FORMAT);
}

static void another_magic_is_refused(void **state)
{
    uint8_t bytes[HEADER_LEN];

    (void)state;
    header_write(&HEADER, bytes);
    for (size_t i = 0; i < 8; i++) {
        bytes[i] ^= 0x20; /* lower case too */
        refused(bytes, sizeof bytes, ERR_FORMAT);
        bytes[i] ^= 0x20;
    }
}

static void another_version_is_unsupported_and_not_broken(void **state)
{
    uint8_t bytes[HEADER_LEN];

    (void)state;
    header_write(&HEADER, bytes);
    for (unsigned version = 0; version < 256; version++) {
        bytes[8] = (uint8_t)version;
        if (version != 1)
            refused(bytes, sizeof bytes, ERR_UNSUPPORTED);
    }
}

static void a_reserved_byte_that_is_not_zero_is_refused(void **state)
{
    uint8_t bytes[HEADER_LEN];

    (void)state;
    header_write(&HEADER, bytes);
    for (unsigned reserved = 1; reserved < 256; reserved++) {
        bytes[9] = (uint8_t)reserved;
        refused(bytes, sizeof bytes, ERR_FORMAT);
    }
}

static void any_other_header_length_is_refused(void **state)
{
    uint8_t bytes[HEADER_LEN];

    (void)state;
    header_write(&HEADER, bytes);
    for (unsigned len = 0; len <= UINT16_MAX; len++) {
        bytes[10] = (uint8_t)(len >> 8);
        bytes[11] = (uint8_t)len;
        if (len != HEADER_LEN)
            refused(bytes, sizeof bytes, ERR_FORMAT);
    }
}

static void fields_stand_where_the_format_says_and_come_back(void **state)
{
    uint8_t bytes[HEADER_LEN];
    struct job_header h;

    (void)state;
    header_write(&HEADER, bytes);
    assert_memory_equal(bytes, "LATCHJOB\x01\0\0\x98", 12);
    assert_memory_equal(bytes + 12, HEADER.site.b, ID_LEN);
    assert_memory_equal(bytes + 28, HEADER.job.b, ID_LEN);
    assert_memory_equal(bytes + 44, HEADER.node.b, ID_LEN);
    assert_memory_equal(bytes + 60, "\x01\x02\x03\x04\0\0\0\0\0\0\0\x05", 12);
    assert_memory_equal(bytes + 72, HEADER.wrapped_key, WRAP_LEN);
    assert_int_equal(header_read(bytes, sizeof bytes, &h), OK);
    assert_true(id_equal(h.site, HEADER.site) && id_equal(h.job, HEADER.job) && id_equal(h.node, HEADER.node));
    assert_int_equal(h.epoch, HEADER.epoch);
    assert_int_equal(h.created_unix_ms, HEADER.created_unix_ms);
    assert_memory_equal(h.wrapped_key, HEADER.wrapped_key, WRAP_LEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_cut_at_any_byte_is_refused),
        cmocka_unit_test(another_magic_is_refused),
        cmocka_unit_test(another_version_is_unsupported_and_not_broken),
        cmocka_unit_test(a_reserved_byte_that_is_not_zero_is_refused),
        cmocka_unit_test(any_other_header_length_is_refused),
        cmocka_unit_test(fields_stand_where_the_format_says_and_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
