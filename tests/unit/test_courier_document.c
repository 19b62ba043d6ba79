/* SPDX-License-Identifier: Apache-2.0 */
#include "printscout/courier/document.h"

#include "tests/unit/courier_fixture.h"

static void nothing_is_read_before_all_of_it_was_verified(void **state)
{
    struct document *d = NULL;
    uint8_t bytes[16];
    size_t len = 1;

    assert_int_equal(open_document(*state, &d), OK);
    assert_int_equal(document_read(d, bytes, sizeof bytes, &len), ERR_STATE);
    assert_int_equal(len, 0);
    document_free(d);
}

static void one_changed_byte_in_the_last_chunk_keeps_the_first_from_being_read(void **state)
{
    struct courier_fixture *f = *state;
    struct document *d = NULL;
    uint8_t byte;
    size_t len;

    flip_byte(f, (off_t)(HEADER_LEN + f->order.payload_len - 1));
    assert_int_equal(open_document(f, &d), OK);
    assert_int_equal(document_verify(d, NULL, NULL), ERR_AUTH);
    assert_int_equal(document_read(d, &byte, 1, &len), ERR_STATE);
    document_free(d);
}

static void a_file_that_changes_after_it_was_verified_is_noticed_while_it_is_read(void **state)
{
    struct courier_fixture *f = *state;
    struct document *d = NULL;
    uint8_t bytes[DOCUMENT_LEN];
    size_t len;

    assert_int_equal(open_document(f, &d), OK);
    assert_int_equal(document_verify(d, NULL, NULL), OK);
    flip_byte(f, (off_t)(HEADER_LEN + f->order.payload_len - 1));
    assert_int_equal(document_read(d, bytes, sizeof bytes, &len), ERR_AUTH);
    document_free(d);
}

static void a_link_in_the_place_of_the_file_is_not_followed(void **state)
{
    struct courier_fixture *f = *state;
    struct document *d = NULL;
    char path[SPOOL_PATH_SIZE];

    spool_path(path, SPOOL_JOBS, f->order.job, SPOOL_FILE_JOB);
    assert_int_equal(renameat(f->spool, path, f->spool, "elsewhere"), 0);
    assert_int_equal(symlinkat("../../elsewhere", f->spool, path), 0);
    assert_int_equal(open_document(f, &d), ERR_NOTFOUND);
}

static void read_in_pieces_of_any_size_it_is_the_document(void **state)
{
    struct courier_fixture *f = *state;
    static const size_t pieces[] = {1, 7, 4096, 16384, 16385, 65536};
    struct document *d = NULL;

    assert_int_equal(open_document(f, &d), OK);
    assert_int_equal(document_verify(d, NULL, NULL), OK);
    assert_int_equal(document_len(d), DOCUMENT_LEN);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        uint8_t bytes[DOCUMENT_LEN + 1];
        size_t at = 0, len;

        document_rewind(d);
        do {
            size_t most = sizeof bytes - at < pieces[i] ? sizeof bytes - at : pieces[i];

            assert_int_equal(document_read(d, bytes + at, most, &len), OK);
            at += len;
        } while (len > 0);
        assert_int_equal(at, DOCUMENT_LEN);
        assert_memory_equal(bytes, f->document, DOCUMENT_LEN);
    }
    document_free(d);
}

static void given_out_without_a_copy_it_is_the_document(void **state)
{
    struct courier_fixture *f = *state;
    struct iovec pieces[DOCUMENT_PIECES];
    struct document *d = NULL;
    uint8_t bytes[DOCUMENT_LEN];
    size_t at = 0, count;

    assert_int_equal(open_document(f, &d), OK);
    assert_int_equal(document_next(d, pieces, &count), ERR_STATE);
    assert_int_equal(document_verify(d, NULL, NULL), OK);
    while (document_next(d, pieces, &count) == OK && count > 0) {
        for (size_t i = 0; i < count; i++) {
            assert_true(pieces[i].iov_len <= sizeof bytes - at);
            memcpy(bytes + at, pieces[i].iov_base, pieces[i].iov_len);
            at += pieces[i].iov_len;
        }
    }
    assert_int_equal(at, DOCUMENT_LEN);
    assert_memory_equal(bytes, f->document, DOCUMENT_LEN);
    document_free(d);
}

static void documents_of_every_length_around_a_chunk_come_back(void **state)
{
    struct courier_fixture *f = *state;
    static const size_t lens[] = {0, 1, 16383, 16384, 16385, 32768};

    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        uint8_t bytes[DOCUMENT_LEN];
        struct document *d = NULL;
        size_t len;

        assert_int_equal(
            sealed_job_make(f->spool, f->document, lens[i], hello_keys_public(f->hello), f->node, &f->order), OK);
        assert_int_equal(open_document(f, &d), OK);
        assert_int_equal(document_verify(d, NULL, NULL), OK);
        assert_int_equal(document_read(d, bytes, sizeof bytes, &len), OK);
        assert_int_equal(len, lens[i]);
        assert_memory_equal(bytes, f->document, len);
        document_free(d);
    }
}

#define LONG_LEN ((size_t)3 << 20) /* opened by a thread, a window ahead */

static uint8_t *make_long(struct courier_fixture *f)
{
    uint8_t *bytes = malloc(LONG_LEN);

    assert_non_null(bytes);
    for (size_t i = 0; i < LONG_LEN; i++)
        bytes[i] = (uint8_t)(i * 31 + (i >> 14));
    assert_int_equal(sealed_job_make(f->spool, bytes, LONG_LEN, hello_keys_public(f->hello), f->node, &f->order), OK);
    return bytes;
}

static void a_change_far_ahead_is_noticed_when_it_is_reached_and_stays_an_error(void **state)
{
    struct courier_fixture *f = *state;
    struct iovec pieces[DOCUMENT_PIECES];
    uint8_t *bytes = make_long(f);
    struct document *d = NULL;
    size_t count, windows = 0;
    enum err e;

    assert_int_equal(open_document(f, &d), OK);
    assert_int_equal(document_verify(d, NULL, NULL), OK);
    flip_byte(f, (off_t)(HEADER_LEN + f->order.payload_len / 2));
    while ((e = document_next(d, pieces, &count)) == OK)
        windows++;
    assert_int_equal(e, ERR_AUTH);
    assert_in_range(windows, 4, 6);
    assert_int_equal(document_next(d, pieces, &count), ERR_AUTH);
    document_free(d);
    free(bytes);
}

static void a_long_document_is_the_same_read_twice_and_may_be_left_in_the_middle(void **state)
{
    struct courier_fixture *f = *state;
    struct iovec pieces[DOCUMENT_PIECES];
    uint8_t *bytes = make_long(f), *read = malloc(LONG_LEN + 1);
    struct document *d = NULL;
    size_t len, count;

    assert_non_null(read);
    assert_int_equal(open_document(f, &d), OK);
    assert_int_equal(document_verify(d, NULL, NULL), OK);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(document_read(d, read, LONG_LEN + 1, &len), OK);
        assert_int_equal(len, LONG_LEN);
        assert_memory_equal(read, bytes, LONG_LEN);
        assert_int_equal(document_read(d, read, 1, &len), OK);
        assert_int_equal(len, 0);
        document_rewind(d);
    }
    assert_int_equal(document_next(d, pieces, &count), OK);
    document_free(d);
    free(read);
    free(bytes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, courier_new, courier_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_read_before_all_of_it_was_verified),
        TEST(one_changed_byte_in_the_last_chunk_keeps_the_first_from_being_read),
        TEST(a_file_that_changes_after_it_was_verified_is_noticed_while_it_is_read),
        TEST(a_link_in_the_place_of_the_file_is_not_followed),
        TEST(read_in_pieces_of_any_size_it_is_the_document),
        TEST(given_out_without_a_copy_it_is_the_document),
        TEST(documents_of_every_length_around_a_chunk_come_back),
        TEST(a_change_far_ahead_is_noticed_when_it_is_reached_and_stays_an_error),
        TEST(a_long_document_is_the_same_read_twice_and_may_be_left_in_the_middle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
