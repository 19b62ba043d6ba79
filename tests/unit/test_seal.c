/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed jobs: what was sealed comes back byte for byte, or nothing does; the one who sealed cannot open. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "crypto/unseal.h"
#include "tests/unit/crypto_fixture.h"

/* The job's bytes as an open file without a name. */
static int file_of(const uint8_t *bytes, size_t len)
{
    int fd = memfd_create("job", MFD_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), len);
    return fd;
}

static enum err verify(const struct job *j, const uint8_t *bytes, size_t len, uint64_t payload_len)
{
    struct unseal *u = NULL;
    uint64_t document_len;
    enum err e;
    int fd;

    if ((e = unseal_new(j->key, bytes, len, &u)) != OK) {
        assert_null(u);
        return e;
    }
    fd = file_of(bytes, len);
    e = unseal_verify(u, fd, payload_len, NULL, NULL, &document_len);
    close(fd);
    unseal_free(u);
    return e;
}

static void a_file_cut_at_any_byte_is_refused(void **state)
{
    uint8_t *document = document_new(700);
    struct job j;

    (void)state;
    job_new(&j, document, 700, 700);
    for (size_t len = 0; len < j.len; len++) {
        assert_int_equal(verify(&j, j.file, len, j.len - HEADER_LEN), ERR_FORMAT);
        if (len > SEAL_START_LEN) /* the order's length is wrong as well */
            assert_int_not_equal(verify(&j, j.file, len, len - HEADER_LEN), OK);
    }
    job_free(&j);
    free(document);
}

static void a_file_with_bytes_behind_it_is_refused(void **state)
{
    uint8_t *document = document_new(700), *longer;
    struct job j;

    (void)state;
    job_new(&j, document, 700, 700);
    longer = calloc(1, j.len + 100);
    assert_non_null(longer);
    memcpy(longer, j.file, j.len);
    for (size_t more = 1; more <= 100; more++) {
        assert_int_equal(verify(&j, longer, j.len + more, j.len - HEADER_LEN), ERR_FORMAT);
        assert_int_equal(verify(&j, longer, j.len + more, j.len + more - HEADER_LEN), ERR_AUTH);
    }
    free(longer);
    job_free(&j);
    free(document);
}

static void a_change_of_any_one_byte_is_found(void **state)
{
    uint8_t *document = document_new(700);
    struct job j;

    (void)state;
    job_new(&j, document, 700, 700);
    for (size_t i = 0; i < j.len; i++) {
        j.file[i] ^= 1;
        assert_int_not_equal(verify(&j, j.file, j.len, j.len - HEADER_LEN), OK);
        j.file[i] ^= 1;
    }
    assert_int_equal(verify(&j, j.file, j.len, j.len - HEADER_LEN), OK);
    job_free(&j);
    free(document);
}

static void chunks_swapped_within_a_job_are_refused(void **state)
{
    const size_t len = 3 * (size_t)CHUNK_LEN;
    uint8_t *document = document_new(len), *kept = malloc(CHUNK_SEALED_LEN);
    struct job j;

    (void)state;
    assert_non_null(kept);
    job_new(&j, document, len, len);
    uint8_t *first = j.file + SEAL_START_LEN, *third = first + 2 * (size_t)CHUNK_SEALED_LEN;
    memcpy(kept, first, CHUNK_SEALED_LEN);
    memcpy(first, third, CHUNK_SEALED_LEN);
    memcpy(third, kept, CHUNK_SEALED_LEN);
    assert_int_equal(verify(&j, j.file, j.len, j.len - HEADER_LEN), ERR_AUTH);
    free(kept);
    job_free(&j);
    free(document);
}

static void two_jobs_spliced_at_any_part_are_refused(void **state)
{
    const size_t len = 2 * (size_t)CHUNK_LEN + 9;
    const size_t cuts[] = {
        44, 72, HEADER_LEN, HEADER_LEN + CHUNKED_SALT_LEN, SEAL_START_LEN, SEAL_START_LEN + CHUNK_SEALED_LEN};
    uint8_t *document = document_new(len), *spliced;
    struct job a, b;

    (void)state;
    job_new(&a, document, len, len);
    job_new(&b, document, len, len);
    assert_non_null(spliced = malloc(a.len));
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        memcpy(spliced, a.file, cuts[i]);
        memcpy(spliced + cuts[i], b.file + cuts[i], b.len - cuts[i]);
        assert_int_equal(verify(&a, spliced, a.len, a.len - HEADER_LEN), ERR_AUTH);
        assert_int_equal(verify(&b, spliced, a.len, a.len - HEADER_LEN), ERR_AUTH);
    }
    free(spliced);
    job_free(&a);
    job_free(&b);
    free(document);
}

static void another_jobs_key_opens_nothing(void **state)
{
    uint8_t *document = document_new(5);
    struct unseal *u = NULL;
    struct job a, b;

    (void)state;
    job_new(&a, document, 5, 5);
    job_new(&b, document, 5, 5);
    assert_int_equal(unseal_new(a.key, b.file, b.len, &u), ERR_AUTH);
    assert_null(u);
    job_free(&a);
    job_free(&b);
    free(document);
}

static void a_job_is_not_its_own_description(void **state)
{
    uint8_t *document = document_new(5);
    struct unseal *u = NULL;
    struct job j;

    (void)state;
    job_new(&j, document, 5, 5);
    assert_int_equal(unseal_new(j.key, j.description, j.description_len, &u), ERR_AUTH);
    assert_null(u);
    job_free(&j);
    free(document);
}

static void a_file_exchanged_after_the_start_was_read_is_found(void **state)
{
    uint8_t *document = document_new(5);
    struct unseal *u = NULL;
    struct job a, b;
    uint64_t len;
    int fd;

    (void)state;
    job_new(&a, document, 5, 5);
    job_new(&b, document, 5, 5);
    assert_int_equal(unseal_new(a.key, a.file, a.len, &u), OK);
    fd = file_of(b.file, b.len);
    assert_int_equal(unseal_verify(u, fd, b.len - HEADER_LEN, NULL, NULL, &len), ERR_AUTH);
    close(fd);
    unseal_free(u);
    job_free(&a);
    job_free(&b);
    free(document);
}

static void a_length_in_the_order_that_no_payload_has_is_refused(void **state)
{
    static const uint64_t lens[] = {0, 1, CHUNKED_PREFIX_LEN, CHUNKED_PREFIX_LEN + 15, UINT64_MAX, UINT64_MAX - 100};
    uint8_t *document = document_new(5);
    struct job j;

    (void)state;
    job_new(&j, document, 5, 5);
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++)
        assert_int_equal(verify(&j, j.file, j.len, lens[i]), ERR_FORMAT);
    job_free(&j);
    free(document);
}

static void an_epoch_key_of_low_order_starts_no_job(void **state)
{
    static const uint8_t zero[KEY_LEN];
    uint8_t start[SEAL_START_LEN];
    struct seal *s = NULL;

    (void)state;
    assert_int_equal(seal_new(&(struct seal_opts){.epoch_public_key = zero}, start, &s), ERR_AUTH);
    assert_null(s);
}

static void nothing_is_sealed_after_the_end(void **state)
{
    struct job j;

    (void)state;
    job_new(&j, (const uint8_t *)"x", 1, 1);
    assert_int_equal(seal_bytes(j.seal, "y", 1, job_write, &j), ERR_STATE);
    assert_int_equal(seal_bytes(j.seal, "", 0, job_write, &j), ERR_STATE);
    assert_int_equal(seal_end(j.seal, job_write, &j), ERR_STATE);
    assert_int_equal(seal_payload_len(j.seal), j.len - HEADER_LEN);
    job_free(&j);
}

static enum err write_fails(void *arg, const uint8_t *sealed, size_t len)
{
    (void)sealed;
    (void)len;
    return --*(int *)arg < 0 ? ERR_FULL : OK;
}

static void a_write_that_fails_ends_the_job_for_good(void **state)
{
    const size_t len = 48 * (size_t)CHUNK_LEN; /* three batches */
    uint8_t *document = document_new(len), start[SEAL_START_LEN], out[DESCRIPTION_FILE_MAX];
    uint8_t public_key[KEY_LEN], secret_key[KEY_LEN];
    const struct description d = {.owner = "alice"};
    size_t outlen;

    (void)state;
    assert_int_equal(box_pair_new(public_key, secret_key), OK);
    for (int good = 0; good < 3; good++) {
        struct seal *s = NULL;
        int left = good;

        assert_int_equal(seal_new(&(struct seal_opts){.epoch_public_key = public_key}, start, &s), OK);
        assert_int_equal(seal_bytes(s, document, len, write_fails, &left), ERR_FULL);
        left = 100;
        assert_int_equal(seal_bytes(s, document, len, write_fails, &left), ERR_STATE);
        assert_int_equal(seal_end(s, write_fails, &left), ERR_STATE);
        assert_int_equal(seal_description(s, &d, out, &outlen), ERR_STATE);
        seal_free(s);
    }
    free(document);
}

static void a_last_write_that_fails_is_told_too(void **state)
{
    uint8_t start[SEAL_START_LEN], public_key[KEY_LEN], secret_key[KEY_LEN];
    struct seal *s = NULL;
    int left = 0;

    (void)state;
    assert_int_equal(box_pair_new(public_key, secret_key), OK);
    assert_int_equal(seal_new(&(struct seal_opts){.epoch_public_key = public_key}, start, &s), OK);
    assert_int_equal(seal_bytes(s, "x", 1, write_fails, &left), OK);
    assert_int_equal(seal_end(s, write_fails, &left), ERR_FULL);
    assert_int_equal(seal_end(s, write_fails, &left), ERR_STATE);
    seal_free(s);
}

static enum err count_writes(void *arg, const uint8_t *sealed, size_t len)
{
    (void)sealed, (void)len;
    ++*(size_t *)arg;
    return OK;
}

static void a_document_in_small_pieces_leaves_in_few_large_writes(void **state)
{
    const size_t chunks = 64, piece = 1024;
    uint8_t start[SEAL_START_LEN], public_key[KEY_LEN], secret_key[KEY_LEN], *document = document_new(piece);
    struct seal *s = NULL;
    size_t writes = 0;

    (void)state;
    assert_int_equal(box_pair_new(public_key, secret_key), OK);
    assert_int_equal(seal_new(&(struct seal_opts){.epoch_public_key = public_key}, start, &s), OK);
    for (size_t sent = 0; sent < chunks * CHUNK_LEN; sent += piece)
        assert_int_equal(seal_bytes(s, document, piece, count_writes, &writes), OK);
    assert_int_equal(seal_end(s, count_writes, &writes), OK);
    assert_true(writes <= chunks / 16 + 1);
    seal_free(s);
    free(document);
}

static void check_document(const uint8_t *document, size_t len, size_t piece)
{
    uint8_t *plain = malloc(CHUNK_LEN);
    struct unseal *u = NULL;
    uint64_t got = 0;
    struct job j;
    int fd;

    assert_non_null(plain);
    job_new(&j, document, len, piece);
    assert_int_equal(j.len, j.room);
    assert_int_equal(seal_document_len(j.seal), len);
    assert_int_equal(seal_payload_len(j.seal), j.len - HEADER_LEN);
    assert_int_equal(unseal_new(j.key, j.file, j.len, &u), OK);
    fd = file_of(j.file, j.len);
    assert_int_equal(unseal_verify(u, fd, j.len - HEADER_LEN, NULL, NULL, &got), OK);
    assert_int_equal(got, len);
    for (size_t i = 0, at = SEAL_START_LEN; at < j.len; i++, at += CHUNK_SEALED_LEN) {
        size_t chunk = j.len - at < CHUNK_SEALED_LEN ? j.len - at : CHUNK_SEALED_LEN;

        assert_int_equal(unseal_chunk(u, i, j.file + at, chunk, plain), OK);
        assert_memory_equal(plain, document + i * CHUNK_LEN, chunk - CHUNK_TAG_LEN);
    }
    close(fd);
    unseal_free(u);
    job_free(&j);
    free(plain);
}

static void documents_of_awkward_lengths_in_awkward_pieces_come_back(void **state)
{
    static const size_t lens[] = {0, 1, 16383, 16384, 16385, 32768, 5 * 16384, 16 * 16384, 16 * 16384 + 1, 777777};
    static const size_t pieces[] = {1000, 16383, 16384, 16385, 50000, 1 << 20};
    uint8_t *document = document_new(777777);

    (void)state;
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++)
        for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++)
            check_document(document, lens[i], pieces[k]);
    check_document(document, 20000, 1);
    free(document);
}

static void the_header_says_what_was_given_and_a_random_job_id(void **state)
{
    struct job a, b;

    (void)state;
    job_new(&a, NULL, 0, 1);
    job_new(&b, NULL, 0, 1);
    assert_true(id_equal(a.header.site, SITE) && id_equal(a.header.node, NODE));
    assert_int_equal(a.header.epoch, 7);
    assert_int_equal(a.header.created_unix_ms, 1700000000000);
    assert_true(id_equal(a.header.job, seal_job(a.seal)));
    assert_false(id_is_zero(a.header.job));
    assert_false(id_equal(a.header.job, b.header.job));
    job_free(&a);
    job_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_cut_at_any_byte_is_refused),
        cmocka_unit_test(a_file_with_bytes_behind_it_is_refused),
        cmocka_unit_test(a_change_of_any_one_byte_is_found),
        cmocka_unit_test(chunks_swapped_within_a_job_are_refused),
        cmocka_unit_test(two_jobs_spliced_at_any_part_are_refused),
        cmocka_unit_test(another_jobs_key_opens_nothing),
        cmocka_unit_test(a_job_is_not_its_own_description),
        cmocka_unit_test(a_file_exchanged_after_the_start_was_read_is_found),
        cmocka_unit_test(a_length_in_the_order_that_no_payload_has_is_refused),
        cmocka_unit_test(an_epoch_key_of_low_order_starts_no_job),
        cmocka_unit_test(nothing_is_sealed_after_the_end),
        cmocka_unit_test(a_write_that_fails_ends_the_job_for_good),
        cmocka_unit_test(a_last_write_that_fails_is_told_too),
        cmocka_unit_test(a_document_in_small_pieces_leaves_in_few_large_writes),
        cmocka_unit_test(documents_of_awkward_lengths_in_awkward_pieces_come_back),
        cmocka_unit_test(the_header_says_what_was_given_and_a_random_job_id),
    };

    return cmocka_run_group_tests(tests, crypto_set_up, NULL);
}
