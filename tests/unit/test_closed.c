/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/closed.h"

#include "tests/unit/hostile.h"
#include "tests/unit/proto_fixture.h"

static void closed_of(const struct fixture *f, uint8_t out[static CLOSED_LEN])
{
    struct closed c = {.site = f->site, .job = fixture_id('j'), .reason = CLOSED_DELIVERED};
    struct wbuf b = wbuf_of(out, CLOSED_LEN);

    assert_int_equal(closed_write(&c, &b), OK);
    assert_int_equal(RECORD_SIGN(&b, LABEL_CLOSED, f->site_secret), OK);
    assert_int_equal(b.len, CLOSED_LEN);
}

static enum err read_it(void *arg, const uint8_t *bytes, size_t len)
{
    const struct fixture *f = arg;
    struct closed c;

    return closed_read(bytes, len, f->site_public, &c);
}

static void damaged_anywhere_it_is_refused(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[CLOSED_LEN];

    closed_of(f, bytes);
    each_damage_to_a_signed_record_is_refused(read_it, f, SIGNER(LABEL_CLOSED, f->site_secret), bytes, CLOSED_LEN);
}

static void no_node_closes_a_job_not_even_a_device_scout(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[CLOSED_LEN];

    closed_of(f, bytes);
    assert_int_equal(
        read_resigned(read_it, f, SIGNER(LABEL_CLOSED, f->scout->sign_secret), bytes, CLOSED_LEN - SIGNATURE_LEN),
        ERR_AUTH);
}

static void reasons_beyond_the_table_are_neither_written_nor_read(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[CLOSED_LEN];

    for (unsigned reason = 0; reason < 256; reason++) {
        struct closed c = {.reason = (uint8_t)reason};
        struct wbuf b = wbuf_of(bytes, sizeof bytes);
        enum err expected = reason >= 1 && reason <= 3 ? OK : ERR_FORMAT;

        assert_int_equal(closed_write(&c, &b), expected);
        closed_of(f, bytes);
        bytes[1 + 2 * ID_LEN] = (uint8_t)reason;
        assert_int_equal(
            read_resigned(read_it, f, SIGNER(LABEL_CLOSED, f->site_secret), bytes, CLOSED_LEN - SIGNATURE_LEN),
            expected);
    }
}

static void what_was_written_is_read(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[CLOSED_LEN];
    struct closed c;

    closed_of(f, bytes);
    assert_int_equal(closed_read(bytes, sizeof bytes, f->site_public, &c), OK);
    assert_true(id_equal(c.site, f->site));
    assert_true(id_equal(c.job, fixture_id('j')));
    assert_int_equal(c.reason, CLOSED_DELIVERED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_anywhere_it_is_refused),
        cmocka_unit_test(no_node_closes_a_job_not_even_a_device_scout),
        cmocka_unit_test(reasons_beyond_the_table_are_neither_written_nor_read),
        cmocka_unit_test(what_was_written_is_read),
    };

    return cmocka_run_group_tests(tests, fixture_new, fixture_free);
}
