/* SPDX-License-Identifier: Apache-2.0 */
/* The public vectors of the parts: AES-GCM as we use it, HKDF and HMAC with SHA-512, X25519, Ed25519. */
#include <sodium.h>

#include "crypto/derive.h"
#include "crypto/gcm_open.h"
#include "crypto/gcm_seal.h"
#include "crypto/verify.h"
#include "tests/unit/crypto_fixture.h"
#include "tests/unit/vectors.h"

static long long number(const json_t *object, const char *field)
{
    return json_integer_value(json_object_get(object, field));
}

/* Here: 256-bit key, 96-bit nonce, no associated data. */
static enum vector_ran gcm_case(const json_t *group, const json_t *test)
{
    const char *aad = json_string_value(json_object_get(test, "aad"));

    if (number(group, "keySize") != 256 || number(group, "ivSize") != 96 || number(group, "tagSize") != 128 ||
        aad[0] != '\0')
        return VECTOR_NOT_OURS;

    struct bytes key = vector_bytes(test, "key"), iv = vector_bytes(test, "iv"), msg = vector_bytes(test, "msg"),
                 ct = vector_bytes(test, "ct"), tag = vector_bytes(test, "tag");
    uint8_t sealed[1024], out[1024 + GCM_TAG_LEN];
    EVP_CIPHER_CTX *seal = NULL, *open = NULL;

    assert_true(msg.len <= 1000);
    memcpy(sealed, ct.at, ct.len);
    memcpy(sealed + ct.len, tag.at, GCM_TAG_LEN);
    assert_int_equal(gcm_open_new(key.at, &open), OK);
    assert_int_equal(gcm_seal_new(key.at, &seal), OK);
    for (int again = 0; again < 2; again++) { /* a context is used for many chunks */
        assert_int_equal(gcm_open(open, iv.at, sealed, ct.len, out), vector_is(test, "valid") ? OK : ERR_AUTH);
        if (vector_is(test, "valid"))
            assert_memory_equal(out, msg.at, msg.len);
        assert_int_equal(gcm_seal(seal, iv.at, msg.at, msg.len, out), OK);
        assert_int_equal(memcmp(out, sealed, ct.len + GCM_TAG_LEN) == 0, vector_is(test, "valid"));
    }
    EVP_CIPHER_CTX_free(seal);
    EVP_CIPHER_CTX_free(open);
    free(key.at);
    free(iv.at);
    free(msg.at);
    free(ct.at);
    free(tag.at);
    return VECTOR_RAN;
}

static enum vector_ran hkdf_case(const json_t *group, const json_t *test)
{
    struct bytes ikm = vector_bytes(test, "ikm"), salt = vector_bytes(test, "salt"), info = vector_bytes(test, "info"),
                 okm = vector_bytes(test, "okm");
    const struct piece piece = {info.at, info.len};
    size_t size = (size_t)number(test, "size");
    uint8_t *out = malloc(size);
    enum err e;

    (void)group;
    assert_non_null(out);
    e = derive_hkdf(salt.at, salt.len, ikm.at, ikm.len, &piece, 1, out, size);
    assert_int_equal(e, vector_is(test, "valid") ? OK : ERR_LIMIT);
    if (e == OK)
        assert_memory_equal(out, okm.at, size);
    free(out);
    free(ikm.at);
    free(salt.at);
    free(info.at);
    free(okm.at);
    return VECTOR_RAN;
}

static enum vector_ran hmac_case(const json_t *group, const json_t *test)
{
    struct bytes key = vector_bytes(test, "key"), msg = vector_bytes(test, "msg"), tag = vector_bytes(test, "tag");
    const struct piece piece = {msg.at, msg.len};
    uint8_t out[64];

    (void)group; /* half of the tags are cut to 256 bits */
    assert_int_equal(derive_hmac_sha512(key.at, key.len, &piece, 1, out), OK);
    assert_int_equal(secret_equal(out, tag.at, tag.len), vector_is(test, "valid"));
    free(key.at);
    free(msg.at);
    free(tag.at);
    return VECTOR_RAN;
}

/* An all-zero shared secret, which the RFC leaves to the caller, must be refused; every other one is right. */
static enum vector_ran x25519_case(const json_t *group, const json_t *test)
{
    struct bytes public_key = vector_bytes(test, "public"), secret_key = vector_bytes(test, "private"),
                 shared = vector_bytes(test, "shared");
    uint8_t out[KEY_LEN];
    int refused = crypto_scalarmult(out, secret_key.at, public_key.at) != 0;

    (void)group;
    assert_int_equal(refused, vector_has_flag(test, "ZeroSharedSecret"));
    if (!refused)
        assert_memory_equal(out, shared.at, KEY_LEN);
    free(public_key.at);
    free(secret_key.at);
    free(shared.at);
    return VECTOR_RAN;
}

/* libsodium is strict, and so are the vectors: all that is not valid is refused. A label of no bytes gives plain
 * Ed25519. */
static enum vector_ran ed25519_case(const json_t *group, const json_t *test)
{
    struct bytes key = vector_bytes(json_object_get(group, "publicKey"), "pk"), msg = vector_bytes(test, "msg"),
                 sig = vector_bytes(test, "sig");
    enum err e = ERR_AUTH;

    if (sig.len == SIGNATURE_LEN) /* our type has one length: a caller cannot say another */
        e = verify_bytes("", 0, msg.at, msg.len, key.at, sig.at);
    assert_int_equal(e, vector_is(test, "valid") ? OK : ERR_AUTH);
    free(key.at);
    free(msg.at);
    free(sig.at);
    return VECTOR_RAN;
}

static void aes_256_gcm_vectors_hold(void **state)
{
    (void)state;
    vectors_run("aes_gcm_test.json", 48, gcm_case);
}

static void hkdf_sha_512_vectors_hold(void **state)
{
    (void)state;
    vectors_run("hkdf_sha512_test.json", 83, hkdf_case);
}

static void hmac_sha_512_vectors_hold(void **state)
{
    (void)state;
    vectors_run("hmac_sha512_test.json", 174, hmac_case);
}

static void x25519_vectors_hold_and_zero_is_refused(void **state)
{
    (void)state;
    vectors_run("x25519_test.json", 518, x25519_case);
}

static void ed25519_vectors_hold(void **state)
{
    (void)state;
    vectors_run("ed25519_test.json", 151, ed25519_case);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aes_256_gcm_vectors_hold),  cmocka_unit_test(hkdf_sha_512_vectors_hold),
        cmocka_unit_test(hmac_sha_512_vectors_hold), cmocka_unit_test(x25519_vectors_hold_and_zero_is_refused),
        cmocka_unit_test(ed25519_vectors_hold),
    };

    if (!vectors_are_there("aes_gcm_test.json"))
        return VECTORS_SKIPPED;
    return cmocka_run_group_tests(tests, crypto_set_up, NULL);
}
