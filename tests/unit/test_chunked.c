/* SPDX-License-Identifier: Apache-2.0 */
/* Chunked encryption: nothing cut, added, moved, mixed or opened with another key or context is taken for the stream.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/chunked_open.h"
#include "crypto/chunked_seal.h"
#include "tests/unit/crypto_fixture.h"

static const uint8_t KEY[KEY_LEN] = "a key of thirty-two bytes exactl";
static const char CONTEXT[] = "context";

struct stream {
    size_t plain_len, len;
    uint8_t *plain, *sealed, *opened;
};

static struct stream stream_new(size_t plain_len)
{
    struct stream s = {.plain_len = plain_len, .len = (size_t)chunked_sealed_len(plain_len)};

    s.plain = document_new(plain_len);
    s.sealed = malloc(s.len + 64);
    s.opened = malloc(plain_len + 64);
    assert_true(s.sealed != NULL && s.opened != NULL);
    assert_int_equal(chunked_seal_all(KEY, CONTEXT, sizeof CONTEXT, s.plain, plain_len, s.sealed), OK);
    return s;
}

static void stream_free(struct stream *s)
{
    free(s->plain);
    free(s->sealed);
    free(s->opened);
}

static enum err stream_open(const struct stream *s, const uint8_t *sealed, size_t len, size_t *got)
{
    return chunked_open_all(KEY, CONTEXT, sizeof CONTEXT, sealed, len, s->opened, s->plain_len + 64, got);
}

static void a_stream_cut_at_any_byte_does_not_open(void **state)
{
    struct stream s = stream_new(CHUNK_LEN + 100);
    size_t got = 0;

    (void)state;
    for (size_t len = 0; len < s.len; len++) {
        enum err e = stream_open(&s, s.sealed, len, &got);

        assert_true(e == ERR_FORMAT || e == ERR_AUTH);
    }
    assert_int_equal(got, 0);
    stream_free(&s);
}

static void a_stream_cut_between_two_chunks_does_not_open(void **state)
{
    struct stream s = stream_new(3 * CHUNK_LEN + 5);
    size_t got;

    (void)state;
    for (size_t chunks = 0; chunks <= 3; chunks++)
        assert_int_equal(stream_open(&s, s.sealed, CHUNKED_PREFIX_LEN + chunks * CHUNK_SEALED_LEN, &got), ERR_FORMAT);
    stream_free(&s);
}

static void a_full_chunk_cannot_be_shortened_into_a_last_one(void **state)
{
    struct stream s = stream_new(2 * CHUNK_LEN);
    size_t got;

    (void)state;
    assert_int_equal(stream_open(&s, s.sealed, CHUNKED_PREFIX_LEN + CHUNK_SEALED_LEN - 1, &got), ERR_AUTH);
    assert_int_equal(stream_open(&s, s.sealed, CHUNKED_PREFIX_LEN + CHUNK_SEALED_LEN + CHUNK_TAG_LEN, &got), ERR_AUTH);
    stream_free(&s);
}

static void bytes_behind_the_end_are_refused(void **state)
{
    struct stream s = stream_new(10);
    size_t got;

    (void)state;
    memset(s.sealed + s.len, 0, 64);
    for (size_t more = 1; more <= 64; more++)
        assert_int_not_equal(stream_open(&s, s.sealed, s.len + more, &got), OK);
    stream_free(&s);
}

static void a_change_of_any_one_byte_is_found(void **state)
{
    struct stream s = stream_new(300);
    size_t got;

    (void)state;
    for (size_t i = 0; i < s.len; i++) {
        s.sealed[i] ^= 0x10;
        assert_int_equal(stream_open(&s, s.sealed, s.len, &got), ERR_AUTH);
        s.sealed[i] ^= 0x10;
    }
    assert_int_equal(stream_open(&s, s.sealed, s.len, &got), OK);
    stream_free(&s);
}

static void chunks_that_changed_places_are_refused(void **state)
{
    struct stream s = stream_new(3 * CHUNK_LEN);
    uint8_t *first = s.sealed + CHUNKED_PREFIX_LEN, *second = first + CHUNK_SEALED_LEN;
    uint8_t *kept = malloc(CHUNK_SEALED_LEN);
    size_t got;

    (void)state;
    assert_non_null(kept);
    memcpy(kept, first, CHUNK_SEALED_LEN);
    memcpy(first, second, CHUNK_SEALED_LEN); /* doubled */
    assert_int_equal(stream_open(&s, s.sealed, s.len, &got), ERR_AUTH);
    memcpy(second, kept, CHUNK_SEALED_LEN); /* swapped */
    assert_int_equal(stream_open(&s, s.sealed, s.len, &got), ERR_AUTH);
    free(kept);
    stream_free(&s);
}

static void a_chunk_of_another_stream_under_the_same_key_is_refused(void **state)
{
    struct stream a = stream_new(CHUNK_LEN + 1), b = stream_new(CHUNK_LEN + 1);
    size_t got;

    (void)state;
    memcpy(a.sealed + CHUNKED_PREFIX_LEN, b.sealed + CHUNKED_PREFIX_LEN, CHUNK_SEALED_LEN);
    assert_int_equal(stream_open(&a, a.sealed, a.len, &got), ERR_AUTH);
    stream_free(&a);
    stream_free(&b);
}

static void another_key_or_context_fails_at_the_commitment(void **state)
{
    struct stream s = stream_new(1);
    struct chunked_open *o = NULL;
    uint8_t other[KEY_LEN];

    (void)state;
    memcpy(other, KEY, KEY_LEN);
    other[KEY_LEN - 1] ^= 1;
    assert_int_equal(chunked_open_new(other, CONTEXT, sizeof CONTEXT, s.sealed, &o), ERR_AUTH);
    assert_int_equal(chunked_open_new(KEY, CONTEXT, sizeof CONTEXT - 1, s.sealed, &o), ERR_AUTH);
    assert_int_equal(chunked_open_new(KEY, "Context", sizeof CONTEXT, s.sealed, &o), ERR_AUTH);
    assert_int_equal(chunked_open_new(KEY, NULL, 0, s.sealed, &o), ERR_AUTH);
    assert_null(o);
    stream_free(&s);
}

static void a_context_beyond_the_limit_is_refused_and_leaves_nothing(void **state)
{
    uint8_t prefix[CHUNKED_PREFIX_LEN], context[1024] = {0};
    struct chunked_seal *s = NULL;

    (void)state;
    assert_int_equal(chunked_seal_new(KEY, context, sizeof context, NULL, prefix, &s), ERR_LIMIT);
    assert_null(s);
}

static void plaintext_of_a_refused_stream_is_wiped(void **state)
{
    static const uint8_t zeros[CHUNK_LEN];
    struct stream s = stream_new(2 * CHUNK_LEN + 9);
    size_t got;

    (void)state;
    memset(s.opened, 0xee, s.plain_len);
    s.sealed[s.len - 1] ^= 1; /* two good chunks, then a bad one */
    assert_int_equal(stream_open(&s, s.sealed, s.len, &got), ERR_AUTH);
    assert_memory_equal(s.opened, zeros, CHUNK_LEN);
    assert_memory_equal(s.opened + CHUNK_LEN, zeros, CHUNK_LEN);
    assert_memory_equal(s.opened + 2 * CHUNK_LEN, zeros, 9);
    stream_free(&s);
}

static void a_stream_that_does_not_fit_is_refused_before_anything_is_opened(void **state)
{
    struct stream s = stream_new(100);
    size_t got;

    (void)state;
    s.opened[0] = 0xee;
    assert_int_equal(chunked_open_all(KEY, CONTEXT, sizeof CONTEXT, s.sealed, s.len, s.opened, 99, &got), ERR_LIMIT);
    assert_int_equal(s.opened[0], 0xee);
    stream_free(&s);
}

static void nothing_is_sealed_behind_the_last_chunk(void **state)
{
    uint8_t prefix[CHUNKED_PREFIX_LEN], sealed[CHUNK_TAG_LEN + 1];
    struct chunked_seal *s = NULL;

    (void)state;
    assert_int_equal(chunked_seal_new(KEY, NULL, 0, NULL, prefix, &s), OK);
    assert_int_equal(chunked_seal_chunk(s, NULL, 0, sealed), OK);
    assert_int_equal(chunked_seal_chunk(s, NULL, 0, sealed), ERR_STATE);
    assert_int_equal(chunked_seal_chunk(s, KEY, 1, sealed), ERR_STATE);
    chunked_seal_free(s);
}

static void a_chunk_longer_than_a_chunk_is_refused(void **state)
{
    uint8_t prefix[CHUNKED_PREFIX_LEN], sealed[1];
    struct stream s = stream_new(CHUNK_LEN);
    struct chunked_seal *seal = NULL;
    struct chunked_open *o = NULL;

    (void)state;
    assert_int_equal(chunked_seal_new(KEY, NULL, 0, NULL, prefix, &seal), OK);
    assert_int_equal(chunked_seal_chunk(seal, s.plain, CHUNK_LEN + 1, sealed), ERR_LIMIT);
    assert_int_equal(chunked_open_new(KEY, CONTEXT, sizeof CONTEXT, s.sealed, &o), OK);
    assert_int_equal(chunked_open_chunk(o, 0, s.sealed, CHUNK_SEALED_LEN + 1, s.opened), ERR_FORMAT);
    assert_int_equal(chunked_open_chunk(o, 0, s.sealed, CHUNK_TAG_LEN - 1, s.opened), ERR_FORMAT);
    assert_int_equal(chunked_open_chunk(o, (uint64_t)1 << 38, s.sealed, CHUNK_SEALED_LEN, s.opened), ERR_FORMAT);
    chunked_open_free(o);
    chunked_seal_free(seal);
    stream_free(&s);
}

static void lengths_around_whole_chunks_go_there_and_back(void **state)
{
    static const size_t lens[] = {0,
                                  1,
                                  15,
                                  16,
                                  17,
                                  CHUNK_LEN - 1,
                                  CHUNK_LEN,
                                  CHUNK_LEN + 1,
                                  3 * CHUNK_LEN - 1,
                                  3 * CHUNK_LEN,
                                  3 * CHUNK_LEN + 1,
                                  1000003};

    (void)state;
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        struct stream s = stream_new(lens[i]);
        uint64_t plain = 1;
        size_t got = 1;

        assert_int_equal(chunked_plain_len(s.len, &plain), OK);
        assert_int_equal(plain, lens[i]);
        assert_int_equal(stream_open(&s, s.sealed, s.len, &got), OK);
        assert_int_equal(got, lens[i]);
        assert_memory_equal(s.opened, s.plain, got);
        stream_free(&s);
    }
}

static void lengths_that_no_stream_has_are_refused(void **state)
{
    uint64_t plain;

    (void)state;
    for (uint64_t sealed = 0; sealed < CHUNKED_PREFIX_LEN + CHUNK_TAG_LEN; sealed++)
        assert_int_equal(chunked_plain_len(sealed, &plain), ERR_FORMAT);
    for (uint64_t more = 0; more < CHUNK_TAG_LEN; more++)
        assert_int_equal(chunked_plain_len(CHUNKED_PREFIX_LEN + 5 * (uint64_t)CHUNK_SEALED_LEN + more, &plain),
                         ERR_FORMAT);
    assert_int_equal(chunked_plain_len(UINT64_MAX, &plain), ERR_FORMAT); /* beyond 2^38 chunks */
}

static void a_chunk_may_be_sealed_and_opened_in_place_and_in_any_order(void **state)
{
    struct stream s = stream_new(2 * CHUNK_LEN + 4);
    uint8_t *chunk = malloc(CHUNK_SEALED_LEN);
    struct chunked_open *o = NULL;

    (void)state;
    assert_non_null(chunk);
    assert_int_equal(chunked_open_new(KEY, CONTEXT, sizeof CONTEXT, s.sealed, &o), OK);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 1; i >= 0; i--) {
            memcpy(chunk, s.sealed + CHUNKED_PREFIX_LEN + i * CHUNK_SEALED_LEN, CHUNK_SEALED_LEN);
            assert_int_equal(chunked_open_chunk(o, (uint64_t)i, chunk, CHUNK_SEALED_LEN, chunk), OK);
            assert_memory_equal(chunk, s.plain + i * CHUNK_LEN, CHUNK_LEN);
        }
    chunked_open_free(o);
    free(chunk);
    stream_free(&s);
}

static void two_streams_of_the_same_bytes_are_not_alike(void **state)
{
    struct stream a = stream_new(100), b = stream_new(100);

    (void)state;
    for (size_t i = 0; i + 16 <= a.len; i += 16)
        assert_memory_not_equal(a.sealed + i, b.sealed + i, 16);
    stream_free(&a);
    stream_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_cut_at_any_byte_does_not_open),
        cmocka_unit_test(a_stream_cut_between_two_chunks_does_not_open),
        cmocka_unit_test(a_full_chunk_cannot_be_shortened_into_a_last_one),
        cmocka_unit_test(bytes_behind_the_end_are_refused),
        cmocka_unit_test(a_change_of_any_one_byte_is_found),
        cmocka_unit_test(chunks_that_changed_places_are_refused),
        cmocka_unit_test(a_chunk_of_another_stream_under_the_same_key_is_refused),
        cmocka_unit_test(another_key_or_context_fails_at_the_commitment),
        cmocka_unit_test(a_context_beyond_the_limit_is_refused_and_leaves_nothing),
        cmocka_unit_test(plaintext_of_a_refused_stream_is_wiped),
        cmocka_unit_test(a_stream_that_does_not_fit_is_refused_before_anything_is_opened),
        cmocka_unit_test(nothing_is_sealed_behind_the_last_chunk),
        cmocka_unit_test(a_chunk_longer_than_a_chunk_is_refused),
        cmocka_unit_test(lengths_around_whole_chunks_go_there_and_back),
        cmocka_unit_test(lengths_that_no_stream_has_are_refused),
        cmocka_unit_test(a_chunk_may_be_sealed_and_opened_in_place_and_in_any_order),
        cmocka_unit_test(two_streams_of_the_same_bytes_are_not_alike),
    };

    return cmocka_run_group_tests(tests, crypto_set_up, NULL);
}
