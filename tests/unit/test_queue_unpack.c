/* SPDX-License-Identifier: Apache-2.0 */
/* Undoing compression: bombs and cut streams are refused, everything else comes out as it went in. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "printscout/queue/unpack.h"
#include "tests/unit/cmocka_test.h"

struct sink {
    uint8_t *bytes; /* NULL: only counted */
    uint64_t len;
};

static enum err take(void *arg, const uint8_t *bytes, size_t len)
{
    struct sink *s = arg;

    if (s->bytes != NULL)
        memcpy(s->bytes + s->len, bytes, len);
    s->len += len;
    return OK;
}

/* bits: 31 gzip, 15 zlib, -15 raw. Returns malloc()ed bytes. */
static uint8_t *pack(int bits, const uint8_t *bytes, size_t len, size_t *packed)
{
    z_stream z = {0};
    uint8_t *out;
    size_t room;

    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
    room = deflateBound(&z, len);
    assert_non_null(out = malloc(room));
    z.next_in = (uint8_t *)(uintptr_t)bytes;
    z.avail_in = (uInt)len;
    z.next_out = out;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    *packed = z.total_out;
    deflateEnd(&z);
    return out;
}

static uint8_t *sample(size_t len)
{
    uint8_t *bytes = malloc(len);
    uint32_t x = 1;

    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++) {
        x = x * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(x >> 29); /* compresses somewhat */
    }
    return bytes;
}

static void a_bomb_is_refused_while_it_unpacks(void **state)
{
    const size_t len = 64u << 20;
    uint8_t *zeros = calloc(1, len);
    struct unpack *u = NULL;
    struct sink s = {0};
    uint8_t *packed;
    size_t packed_len;

    (void)state;
    assert_non_null(zeros);
    packed = pack(31, zeros, len, &packed_len);
    assert_int_equal(unpack_new(UNPACK_GZIP, &u), OK);
    assert_int_equal(unpack_bytes(u, packed, packed_len, take, &s), ERR_LIMIT);
    assert_true(s.len <= UNPACK_FREE_BYTES + 65536);
    unpack_free(u);
    free(packed);
    free(zeros);
}

static void a_cut_stream_has_no_end(void **state)
{
    uint8_t *plain = sample(5000);
    size_t packed_len;
    uint8_t *packed = pack(31, plain, 5000, &packed_len);

    (void)state;
    for (size_t cut = 0; cut < packed_len; cut += cut < 30 || cut + 30 > packed_len ? 1 : 97) {
        struct unpack *u = NULL;
        struct sink s = {0};

        assert_int_equal(unpack_new(UNPACK_GZIP, &u), OK);
        assert_int_equal(unpack_bytes(u, packed, cut, take, &s), OK);
        assert_int_equal(unpack_end(u), ERR_FORMAT);
        unpack_free(u);
    }
    free(packed);
    free(plain);
}

static void bytes_behind_the_end_and_a_wrong_checksum_are_refused(void **state)
{
    uint8_t *plain = sample(5000);
    size_t packed_len;
    uint8_t *packed = pack(31, plain, 5000, &packed_len);
    struct unpack *u = NULL;
    struct sink s = {0};

    (void)state;
    assert_int_equal(unpack_new(UNPACK_GZIP, &u), OK);
    assert_int_equal(unpack_bytes(u, packed, packed_len, take, &s), OK);
    assert_int_equal(unpack_bytes(u, (const uint8_t *)"x", 1, take, &s), ERR_FORMAT);
    unpack_free(u);

    packed[packed_len - 5] ^= 1;
    s.len = 0;
    assert_int_equal(unpack_new(UNPACK_GZIP, &u), OK);
    assert_int_equal(unpack_bytes(u, packed, packed_len, take, &s), ERR_FORMAT);
    unpack_free(u);
    free(packed);
    free(plain);
}

static void what_is_not_gzip_is_refused(void **state)
{
    struct unpack *u = NULL;
    struct sink s = {0};

    (void)state;
    assert_int_equal(unpack_new(UNPACK_GZIP, &u), OK);
    assert_int_equal(unpack_bytes(u, (const uint8_t *)"%PDF-1.7", 8, take, &s), ERR_FORMAT);
    unpack_free(u);
}

static void gzip_and_both_kinds_of_deflate_come_out_as_they_went_in(void **state)
{
    static const struct {
        enum unpack_method method;
        int bits;
    } kinds[] = {{UNPACK_GZIP, 31}, {UNPACK_DEFLATE, 15}, {UNPACK_DEFLATE, -15}};
    const size_t len = 300000;
    uint8_t *plain = sample(len), *out = malloc(len);

    (void)state;
    assert_non_null(out);
    for (size_t k = 0; k < 3; k++) {
        size_t packed_len;
        uint8_t *packed = pack(kinds[k].bits, plain, len, &packed_len);
        struct sink s = {.bytes = out};
        struct unpack *u = NULL;

        assert_int_equal(unpack_new(kinds[k].method, &u), OK);
        for (size_t at = 0; at < packed_len; at += 1000)
            assert_int_equal(unpack_bytes(u, packed + at, packed_len - at < 1000 ? packed_len - at : 1000, take, &s),
                             OK);
        assert_int_equal(unpack_end(u), OK);
        assert_int_equal(s.len, len);
        assert_memory_equal(out, plain, len);
        unpack_free(u);
        free(packed);
    }
    free(out);
    free(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bomb_is_refused_while_it_unpacks),
        cmocka_unit_test(a_cut_stream_has_no_end),
        cmocka_unit_test(bytes_behind_the_end_and_a_wrong_checksum_are_refused),
        cmocka_unit_test(what_is_not_gzip_is_refused),
        cmocka_unit_test(gzip_and_both_kinds_of_deflate_come_out_as_they_went_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
