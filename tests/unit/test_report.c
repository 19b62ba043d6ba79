/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/report.h"

#include "tests/unit/hostile.h"
#include "tests/unit/proto_fixture.h"

static struct report report_of(const struct fixture *f)
{
    struct report r = {.site = f->site,
                       .order = fixture_id('o'),
                       .job = fixture_id('j'),
                       .node = f->courier->node,
                       .state = JOB_FAILED,
                       .reason = REASON_PRINTER_STOPPED,
                       .terminal = 1,
                       .confirmed = 1,
                       .sent_bytes = 16384,
                       .impressions = IMPRESSIONS_UNKNOWN,
                       .printer_state_reasons = "media-empty-error,cover-open-error"};

    memset(r.hello_public, 8, KEY_LEN);
    return r;
}

static size_t write_signed(const struct fixture *f, const struct report *r, uint8_t out[static REPORT_MAX_LEN])
{
    struct wbuf b = wbuf_of(out, REPORT_MAX_LEN);

    assert_int_equal(report_write(r, &b), OK);
    assert_int_equal(RECORD_SIGN(&b, LABEL_REPORT, f->courier->sign_secret), OK);
    return b.len;
}

static enum err read_it(void *arg, const uint8_t *bytes, size_t len)
{
    const struct fixture *f = arg;
    struct report r;

    return report_read(bytes, len, f->courier->sign_public, &r);
}

static void damaged_anywhere_it_is_refused(void **state)
{
    struct fixture *f = *state;
    struct report r = report_of(f);
    uint8_t bytes[REPORT_MAX_LEN];
    size_t len = write_signed(f, &r, bytes);

    each_damage_to_a_signed_record_is_refused(read_it, f, SIGNER(LABEL_REPORT, f->courier->sign_secret), bytes, len);
}

static void a_report_in_the_name_of_another_node_is_refused(void **state)
{
    struct fixture *f = *state;
    struct report r = report_of(f);
    uint8_t bytes[REPORT_MAX_LEN];

    r.node = f->scout->node;
    assert_int_equal(read_it(f, bytes, write_signed(f, &r, bytes)), ERR_FORMAT);
}

static void states_reasons_and_flags_beyond_the_table_are_refused(void **state)
{
    struct fixture *f = *state;
    struct report r = report_of(f);
    uint8_t bytes[REPORT_MAX_LEN];
    const struct {
        size_t at;
        unsigned least, most;
    } fields[] = {{65, 1, JOB_STATE_COUNT - 1}, {66, 0, JOB_REASON_COUNT - 1}, {67, 0, 1}, {68, 0, 1}};
    size_t len = write_signed(f, &r, bytes) - SIGNATURE_LEN;

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        uint8_t saved = bytes[fields[i].at];

        for (unsigned v = 0; v < 256; v++) {
            bytes[fields[i].at] = (uint8_t)v;
            assert_int_equal(read_resigned(read_it, f, SIGNER(LABEL_REPORT, f->courier->sign_secret), bytes, len),
                             v >= fields[i].least && v <= fields[i].most ? OK : ERR_FORMAT);
        }
        bytes[fields[i].at] = saved;
    }
}

static void what_readers_refuse_is_not_written(void **state)
{
    struct report r = report_of(*state);
    uint8_t bytes[REPORT_MAX_LEN];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    r.state = JOB_NONE;
    assert_int_equal(report_write(&r, &b), ERR_FORMAT);
    r.state = JOB_DELIVERED;
    r.reason = JOB_REASON_COUNT;
    assert_int_equal(report_write(&r, &b), ERR_FORMAT);
    assert_int_equal(b.len, 0);
}

static void a_longest_report_fits_the_state_file(void **state)
{
    struct fixture *f = *state;
    struct report r = report_of(f);
    uint8_t bytes[REPORT_MAX_LEN];

    memset(r.printer_state_reasons, 'r', STATE_REASONS_SIZE - 1);
    assert_int_equal(read_it(f, bytes, write_signed(f, &r, bytes)), OK);
}

static void what_was_written_is_read(void **state)
{
    struct fixture *f = *state;
    struct report r = report_of(f), read;
    uint8_t bytes[REPORT_MAX_LEN];
    struct id order, node;
    size_t len = write_signed(f, &r, bytes);

    assert_int_equal(report_read(bytes, len, f->courier->sign_public, &read), OK);
    assert_true(id_equal(read.job, r.job));
    assert_int_equal(read.state, JOB_FAILED);
    assert_int_equal(read.reason, REASON_PRINTER_STOPPED);
    assert_int_equal(read.sent_bytes, 16384);
    assert_int_equal(read.impressions, IMPRESSIONS_UNKNOWN);
    assert_string_equal(read.printer_state_reasons, r.printer_state_reasons);
    assert_memory_equal(read.hello_public, r.hello_public, KEY_LEN);
    assert_int_equal(report_peek(bytes, len, &order, &node), OK);
    assert_true(id_equal(order, r.order));
    assert_true(id_equal(node, r.node));
}

static void a_look_at_an_unchecked_report_bears_any_bytes(void **state)
{
    struct fixture *f = *state;
    struct report r = report_of(f);
    uint8_t bytes[REPORT_MAX_LEN + 1] = {0};
    struct id order, node;

    assert_true(report_says_terminal(bytes, write_signed(f, &r, bytes)));
    for (size_t len = 0; len < 68; len++) {
        assert_false(report_says_terminal(bytes, len));
        assert_int_equal(report_peek(bytes, len, &order, &node), ERR_FORMAT);
    }
    assert_int_equal(report_peek(bytes, sizeof bytes, &order, &node), ERR_LIMIT);
    bytes[0] = 2;
    assert_int_equal(report_peek(bytes, 68, &order, &node), ERR_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_anywhere_it_is_refused),
        cmocka_unit_test(a_report_in_the_name_of_another_node_is_refused),
        cmocka_unit_test(states_reasons_and_flags_beyond_the_table_are_refused),
        cmocka_unit_test(what_readers_refuse_is_not_written),
        cmocka_unit_test(a_longest_report_fits_the_state_file),
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(a_look_at_an_unchecked_report_bears_any_bytes),
    };

    return cmocka_run_group_tests(tests, fixture_new, fixture_free);
}
