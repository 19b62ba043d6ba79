/* SPDX-License-Identifier: Apache-2.0 */
/* The public vectors of C2SP chunked-encryption, Cobblestone-256: all 35, reading and, where they are valid, writing.
 */
#include <zlib.h>

#include "crypto/chunked_keys.h"
#include "crypto/chunked_open.h"
#include "crypto/chunked_seal.h"
#include "crypto/derive.h"
#include "tests/unit/crypto_fixture.h"
#include "tests/unit/vectors.h"

#define FILE_NAME "c2sp_chunked_encryption_aes_256_gcm_test.json"
#define ROOM      ((size_t)8 << 20)

/* The ciphertexts are written compressed (zlib), then in hex. */
static struct bytes inflated(const json_t *test, const char *field)
{
    struct bytes packed = vector_bytes(test, field), b = {malloc(ROOM), 0};
    uLongf len = ROOM;

    assert_non_null(b.at);
    assert_int_equal(uncompress(b.at, &len, packed.at, packed.len), Z_OK);
    b.len = len;
    free(packed.at);
    return b;
}

/* The plaintext is given by length and hash: it is right, or the longest part that was good is. */
static void check_message(const json_t *test, const uint8_t *plain, size_t len)
{
    struct bytes hash = vector_bytes(test, "msgSha512");
    const struct piece piece = {plain, len};
    uint8_t got[64];

    assert_int_equal(len, json_integer_value(json_object_get(test, "msgLength")));
    assert_int_equal(derive_sha512(&piece, 1, got), OK);
    assert_memory_equal(got, hash.at, 64);
    free(hash.at);
}

/* The derived key and nonce are published for every case that passes its commitment. */
static void check_keys(const json_t *test, const uint8_t *key, const struct bytes *ctx, const uint8_t *salt)
{
    struct bytes aead_key = vector_bytes(test, "aeadKey"), base_nonce = vector_bytes(test, "baseNonce");
    struct chunked_keys keys;

    assert_int_equal(chunked_derive(key, salt, ctx->at, ctx->len, &keys), OK);
    assert_memory_equal(keys.key, aead_key.at, KEY_LEN);
    assert_memory_equal(keys.base_nonce, base_nonce.at, CHUNK_NONCE_LEN);
    free(aead_key.at);
    free(base_nonce.at);
}

/* As a stream reader would: chunk after chunk until one fails. Returns how many plain bytes came out. */
static size_t open_stream(const uint8_t *key, const struct bytes *ctx, const struct bytes *ct, uint8_t *plain)
{
    struct chunked_open *o = NULL;
    size_t len = 0;

    if (ct->len < CHUNKED_PREFIX_LEN || chunked_open_new(key, ctx->at, ctx->len, ct->at, &o) != OK)
        return 0;
    for (size_t i = 0, at = CHUNKED_PREFIX_LEN; at < ct->len; i++, at += CHUNK_SEALED_LEN) {
        size_t chunk = ct->len - at < CHUNK_SEALED_LEN ? ct->len - at : CHUNK_SEALED_LEN;

        if (chunked_open_chunk(o, i, ct->at + at, chunk, plain + len) != OK)
            break;
        len += chunk - CHUNK_TAG_LEN;
    }
    chunked_open_free(o);
    return len;
}

/* Sealing the plaintext again with the same salt gives the vector's bytes. */
static void check_sealing(const uint8_t *key, const struct bytes *ctx, const struct bytes *ct, const uint8_t *plain,
                          size_t len)
{
    uint8_t *sealed = malloc(ct->len);
    struct chunked_seal *s = NULL;
    size_t at = CHUNKED_PREFIX_LEN;

    assert_non_null(sealed);
    assert_int_equal(chunked_sealed_len(len), ct->len);
    assert_int_equal(chunked_seal_new(key, ctx->at, ctx->len, ct->at, sealed, &s), OK);
    for (; len >= CHUNK_LEN; len -= CHUNK_LEN, plain += CHUNK_LEN, at += CHUNK_SEALED_LEN)
        assert_int_equal(chunked_seal_chunk(s, plain, CHUNK_LEN, sealed + at), OK);
    assert_int_equal(chunked_seal_chunk(s, plain, len, sealed + at), OK);
    assert_memory_equal(sealed, ct->at, ct->len);
    chunked_seal_free(s);
    free(sealed);
}

static void check_case(const json_t *test, const uint8_t *key, const struct bytes *ctx, const struct bytes *ct)
{
    uint8_t *plain = malloc(ROOM);
    struct chunked_open *o = NULL;
    size_t len = 0;

    assert_non_null(plain);
    if (vector_has_flag(test, "HeaderFailure")) {
        if (ct->len >= CHUNKED_PREFIX_LEN)
            assert_int_equal(chunked_open_new(key, ctx->at, ctx->len, ct->at, &o), ERR_AUTH);
    } else {
        check_keys(test, key, ctx, ct->at);
    }
    enum err e = chunked_open_all(key, ctx->at, ctx->len, ct->at, ct->len, plain, ROOM, &len);
    if (vector_is(test, "valid")) {
        assert_int_equal(e, OK);
        check_message(test, plain, len);
        check_sealing(key, ctx, ct, plain, len);
    } else {
        assert_true(e == ERR_FORMAT || e == ERR_AUTH);
        len = open_stream(key, ctx, ct, plain);
        if (vector_has_flag(test, "PartialPlaintext"))
            check_message(test, plain, len);
        else
            assert_int_equal(len, 0);
    }
    free(plain);
}

static enum vector_ran chunked_case(const json_t *group, const json_t *test)
{
    struct bytes key = vector_bytes(test, "key"), ctx = vector_bytes(test, "ctx"), ct = inflated(test, "ct");

    (void)group;
    if (key.len == KEY_LEN)
        check_case(test, key.at, &ctx, &ct);
    else /* our key type has one length: a caller cannot say this */
        assert_true(vector_has_flag(test, "InvalidKeySize"));
    free(key.at);
    free(ctx.at);
    free(ct.at);
    return VECTOR_RAN;
}

static void all_35_vectors_of_cobblestone_256_hold(void **state)
{
    (void)state;
    vectors_run(FILE_NAME, 35, chunked_case);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_35_vectors_of_cobblestone_256_hold)};

    if (!vectors_are_there(FILE_NAME))
        return VECTORS_SKIPPED;
    return cmocka_run_group_tests(tests, crypto_set_up, NULL);
}
