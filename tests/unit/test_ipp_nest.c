/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/ipp_nest.h. */
#include "base/ipp_nest.h"

#include <string.h>

#include "base/buf.h"
#include "tests/unit/cmocka_test.h"

#define MESSAGE_MAX 8192

static const uint8_t head[] = {2, 0, 0, 0, 0, 0, 0, 1, 0x04}; /* an answer's, and the printer's group */

static void put(struct wbuf *b, const void *bytes, size_t len)
{
    assert_int_equal(wbuf_copy(b, bytes, len), OK);
}

static void put_element(struct wbuf *b, uint8_t tag, const char *name, const char *value)
{
    assert_int_equal(wbuf_u8(b, tag), OK);
    assert_int_equal(wbuf_bytes16(b, name, strlen(name)), OK);
    assert_int_equal(wbuf_bytes16(b, value, strlen(value)), OK);
}

/* depth collections in each other. between: a delimiter to put before each one, or 0. */
static enum err check_nested(unsigned depth, uint8_t between)
{
    uint8_t bytes[MESSAGE_MAX];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    put(&b, head, sizeof head);
    put_element(&b, 0x34, "media-col", "");
    for (unsigned i = 1; i < depth; i++) {
        put_element(&b, 0x4a, "", "media-size");
        if (between != 0)
            put(&b, &between, 1);
        put_element(&b, 0x34, "", "");
    }
    for (unsigned i = 0; i < depth; i++)
        put_element(&b, 0x37, "", "");
    put(&b, "\x03", 1);
    return ipp_nest_check(b.start, b.len);
}

static void collections_in_each_other_beyond_the_bound_are_refused(void **state)
{
    (void)state;
    assert_int_equal(check_nested(300, 0), ERR_LIMIT);
    assert_int_equal(check_nested(IPP_NEST_MAX + 1, 0), ERR_LIMIT);
    assert_int_equal(check_nested(IPP_NEST_MAX, 0), OK);
}

static void groups_and_ends_between_them_hide_no_depth(void **state)
{
    (void)state;
    assert_int_equal(check_nested(IPP_NEST_MAX + 1, 0x03), ERR_LIMIT);
    assert_int_equal(check_nested(IPP_NEST_MAX + 1, 0x02), ERR_LIMIT);
}

/* A name whose length is said but which the reader behind does not skip would hide what stands in it. */
static void elements_that_end_in_two_places_are_refused(void **state)
{
    uint8_t bytes[64];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    (void)state;
    put(&b, head, sizeof head);
    put_element(&b, 0x37, "abcd", "");
    assert_int_equal(ipp_nest_check(b.start, b.len), ERR_FORMAT);
    b.len = sizeof head;
    put_element(&b, 0x4a, "abcd", "");
    assert_int_equal(ipp_nest_check(b.start, b.len), ERR_FORMAT);
    b.len = sizeof head;
    put_element(&b, 0x7f, "a", "bcde");
    assert_int_equal(ipp_nest_check(b.start, b.len), ERR_FORMAT);
}

static void many_shallow_collections_and_cut_messages_are_somebody_elses_matter(void **state)
{
    uint8_t bytes[MESSAGE_MAX];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    (void)state;
    put(&b, head, sizeof head);
    for (int i = 0; i < 200; i++) {
        put_element(&b, 0x34, i == 0 ? "media-col-database" : "", "");
        put_element(&b, 0x4a, "", "media-type");
        put_element(&b, 0x44, "", "stationery");
        put_element(&b, 0x37, "", "");
    }
    for (size_t len = 0; len <= b.len; len++)
        assert_int_equal(ipp_nest_check(bytes, len), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collections_in_each_other_beyond_the_bound_are_refused),
        cmocka_unit_test(groups_and_ends_between_them_hide_no_depth),
        cmocka_unit_test(elements_that_end_in_two_places_are_refused),
        cmocka_unit_test(many_shallow_collections_and_cut_messages_are_somebody_elses_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
