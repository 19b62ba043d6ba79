/* SPDX-License-Identifier: Apache-2.0 */
/* The event stream's reader: a hostile relay gets an error out of it, and no memory. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/sse.h"
#include "tests/unit/cmocka_test.h"

struct seen {
    unsigned messages, heartbeats;
    uint64_t cursor;
    uint8_t bytes[SSE_MESSAGE_MAX_LEN];
    size_t len;
    enum err answer;
};

static struct seen seen;

static enum err see(void *arg, uint64_t cursor, const uint8_t *sealed, size_t len)
{
    struct seen *s = arg;

    if (sealed == NULL) {
        s->heartbeats++;
        return s->answer;
    }
    s->messages++;
    s->cursor = cursor;
    s->len = len;
    memcpy(s->bytes, sealed, len);
    return s->answer;
}

static int set_up(void **state)
{
    memset(&seen, 0, sizeof seen);
    return sse_new(see, &seen, (struct sse **)state) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    sse_free(*state);
    return 0;
}

static enum err feed(void **state, const char *text)
{
    return sse_feed(*state, text, strlen(text));
}

static void a_line_without_end_is_cut_off_at_the_longest_that_a_relay_sends(void **state)
{
    char piece[4096];
    size_t fed = 0;
    enum err e = OK;

    memset(piece, 'A', sizeof piece);
    assert_int_equal(feed(state, "data: "), OK);
    for (; e == OK && fed < 1 << 20; fed += sizeof piece)
        e = sse_feed(*state, piece, sizeof piece);
    assert_int_equal(e, ERR_LIMIT);
    assert_true(fed < 100000);
}

static void a_message_longer_than_any_is_refused_and_the_longest_is_taken(void **state)
{
    static uint8_t message[SSE_MESSAGE_MAX_LEN + 1];
    static char text[sodium_base64_ENCODED_LEN(sizeof message, sodium_base64_VARIANT_ORIGINAL)];

    sodium_bin2base64(text, sizeof text, message, SSE_MESSAGE_MAX_LEN, sodium_base64_VARIANT_ORIGINAL);
    assert_int_equal(feed(state, "id: 1\ndata: "), OK);
    assert_int_equal(feed(state, text), OK);
    assert_int_equal(feed(state, "\n\n"), OK);
    assert_int_equal(seen.len, SSE_MESSAGE_MAX_LEN);
    sodium_bin2base64(text, sizeof text, message, sizeof message, sodium_base64_VARIANT_ORIGINAL);
    assert_int_equal(feed(state, "id: 2\ndata: "), OK);
    assert_int_equal(feed(state, text), OK);
    assert_int_equal(feed(state, "\n\n"), ERR_LIMIT);
    assert_int_equal(seen.messages, 1);
}

static void what_no_relay_writes_is_refused(void **state)
{
    static const char *const texts[] = {
        "data: AAAA\n\n",                        /* no number */
        "id: 5\n\n",                             /* no data */
        "id: 5\ndata: \n\n",                     /* an empty message */
        "id: 5\ndata: AAA\n\n",                  /* no padding */
        "id: 5\ndata: AAAA=\n\n",                /* too much of it */
        "id: 5\ndata: A AA\n\n",                 /* a character that is not base64 */
        "id: 5\ndata: AA-_\n\n",                 /* the other alphabet */
        "id: 5\ndata: AAAA\ndata: AAAA\n\n",     /* two lines */
        "id: 5\nid: 6\ndata: AAAA\n\n",          /* two numbers */
        "id: -5\ndata: AAAA\n\n",                /* not a number */
        "id: 18446744073709551616\ndata: A\n\n", /* 2^64 */
        "id: \ndata: AAAA\n\n",                  /* nothing */
        "event: x\nid: 5\ndata: AAAA\n\n",       /* other fields */
        "retry: 1\n",                            /* other fields */
        "{}\n",                                  /* something else altogether */
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct sse *s = NULL;

        assert_int_equal(sse_new(see, &seen, &s), OK);
        if (sse_feed(s, texts[i], strlen(texts[i])) != ERR_FORMAT)
            fail_msg("taken: %s", texts[i]);
        sse_free(s);
    }
    assert_int_equal(seen.messages, 0);
    (void)state;
}

static void messages_and_heartbeats_come_through_however_the_bytes_are_cut(void **state)
{
    static const char text[] = ":\n\nid: 18446744073709551615\ndata: c2VhbGVk\n\n:\n\nid: 7\r\ndata: c2VhbGVk\r\n\r\n";

    for (size_t piece = 1; piece <= sizeof text; piece++) {
        struct sse *s = NULL;

        memset(&seen, 0, sizeof seen);
        assert_int_equal(sse_new(see, &seen, &s), OK);
        for (size_t at = 0; at < sizeof text - 1; at += piece) {
            size_t left = sizeof text - 1 - at;

            assert_int_equal(sse_feed(s, text + at, left < piece ? left : piece), OK);
        }
        assert_int_equal(seen.messages, 2);
        assert_int_equal(seen.heartbeats, 2);
        assert_int_equal(seen.cursor, 7);
        assert_int_equal(seen.len, 6);
        assert_memory_equal(seen.bytes, "sealed", 6);
        sse_free(s);
    }
    (void)state;
}

static void the_reader_can_say_stop(void **state)
{
    seen.answer = ERR_STATE;
    assert_int_equal(feed(state, "id: 1\ndata: AAAA\n\nid: 2\ndata: AAAA\n\n"), ERR_STATE);
    assert_int_equal(seen.messages, 1);
    assert_int_equal(seen.cursor, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_without_end_is_cut_off_at_the_longest_that_a_relay_sends, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_message_longer_than_any_is_refused_and_the_longest_is_taken, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_no_relay_writes_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(messages_and_heartbeats_come_through_however_the_bytes_are_cut, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_reader_can_say_stop, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
