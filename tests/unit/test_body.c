/* SPDX-License-Identifier: Apache-2.0 */
/* The small bodies of messages: gone, ack, list. */
#include "proto/closed.h"
#include "proto/message.h"
#include "tests/unit/hostile.h"
#include "tests/unit/proto_fixture.h"

static enum err read_gone(void *arg, const uint8_t *bytes, size_t len)
{
    return gone_read(bytes, len, arg);
}

static void gone_is_read_whole_and_for_the_two_reasons_that_it_has(void **state)
{
    struct gone g = {.job = fixture_id('j'), .reason = CLOSED_EXPIRED}, read;
    uint8_t bytes[GONE_LEN];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    (void)state;
    assert_int_equal(gone_write(&g, &b), OK);
    each_cut_is_refused(read_gone, &read, bytes, b.len);
    for (unsigned reason = 0; reason < 256; reason++) {
        enum err expected = reason == CLOSED_CANCELED || reason == CLOSED_EXPIRED ? OK : ERR_FORMAT;

        bytes[ID_LEN] = (uint8_t)reason;
        assert_int_equal(gone_read(bytes, sizeof bytes, &read), expected);
        g.reason = (uint8_t)reason;
        b.len = 0;
        assert_int_equal(gone_write(&g, &b), expected);
    }
    assert_true(id_equal(read.job, g.job));
}

static enum err read_ack(void *arg, const uint8_t *bytes, size_t len)
{
    return ack_read(bytes, len, arg);
}

static void an_ack_is_read_whole_and_with_a_known_result(void **state)
{
    struct ack a = {.message = fixture_id('m'), .result = ERR_REFUSED}, read;
    uint8_t bytes[ACK_LEN];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    (void)state;
    assert_int_equal(ack_write(&a, &b), OK);
    each_cut_is_refused(read_ack, &read, bytes, b.len);
    assert_int_equal(read.result, ERR_REFUSED);
    for (unsigned result = 0; result < 256; result++) {
        bytes[ID_LEN] = (uint8_t)result;
        assert_int_equal(ack_read(bytes, sizeof bytes, &read), result < ERR_COUNT ? OK : ERR_FORMAT);
        a.result = (uint8_t)result;
        b.len = 0;
        assert_int_equal(ack_write(&a, &b), result < ERR_COUNT ? OK : ERR_FORMAT);
    }
}

static enum err read_list(void *arg, const uint8_t *bytes, size_t len)
{
    return list_read(bytes, len, arg);
}

static void a_list_is_read_whole_and_counts_what_it_holds(void **state)
{
    static struct list l, read;
    uint8_t bytes[256];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    (void)state;
    l = (struct list){.nonce = fixture_id('n'), .part = 1, .parts = 2, .count = 2};
    l.jobs[0].job = fixture_id('a');
    l.jobs[1].job = fixture_id('b');
    l.jobs[1].digest = 0xfffefdfc;
    assert_int_equal(list_write(&l, &b), OK);
    each_cut_is_refused(read_list, &read, bytes, b.len);
    assert_int_equal(list_read(bytes, b.len, &read), OK);
    assert_true(id_equal(read.nonce, l.nonce));
    assert_int_equal(read.count, 2);
    assert_true(id_equal(read.jobs[1].job, fixture_id('b')));
    assert_int_equal(read.jobs[1].digest, 0xfffefdfc);

    bytes[ID_LEN + 5] = 1; /* one job fewer than there are */
    assert_int_equal(list_read(bytes, b.len, &read), ERR_FORMAT);
    bytes[ID_LEN + 5] = 3;
    assert_int_equal(list_read(bytes, b.len, &read), ERR_FORMAT);
    bytes[ID_LEN + 4] = 4; /* 1027, more than a part may have */
    assert_int_equal(list_read(bytes, b.len, &read), ERR_LIMIT);
    bytes[ID_LEN + 4] = 0;
    bytes[ID_LEN + 5] = 2;
    bytes[ID_LEN + 1] = 2; /* part 2 of 2: parts count from 0 */
    assert_int_equal(list_read(bytes, b.len, &read), ERR_FORMAT);
    assert_int_equal(read.count, 2); /* untouched by what was refused */
}

static void the_longest_list_fits_a_message(void **state)
{
    static struct list l = {.parts = 1, .count = LIST_MAX}, read;
    static uint8_t bytes[MESSAGE_BODY_MAX];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    (void)state;
    assert_int_equal(list_write(&l, &b), OK);
    assert_int_equal(list_read(bytes, b.len, &read), OK);
    assert_int_equal(read.count, LIST_MAX);
    l.count = LIST_MAX + 1;
    b.len = 0;
    assert_int_equal(list_write(&l, &b), ERR_LIMIT);
    l.count = 0;
    l.parts = 0;
    assert_int_equal(list_write(&l, &b), ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gone_is_read_whole_and_for_the_two_reasons_that_it_has),
        cmocka_unit_test(an_ack_is_read_whole_and_with_a_known_result),
        cmocka_unit_test(a_list_is_read_whole_and_counts_what_it_holds),
        cmocka_unit_test(the_longest_list_fits_a_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
