/* SPDX-License-Identifier: Apache-2.0 */
/* Derivations: bounds hold, pieces make no difference, and labels keep their NUL. */
#include <string.h>

#include "crypto/derive.h"
#include "crypto/label.h"
#include "tests/unit/crypto_fixture.h"

static const uint8_t PRK[64] = "a key";

static void an_info_beyond_the_limit_is_refused(void **state)
{
    static const uint8_t info[1025];
    const struct piece whole = {info, 1025}, halves[] = {{info, 1024}, {info, 1}},
                       huge[] = {{info, 1}, {info, SIZE_MAX}};
    uint8_t out[32];

    (void)state;
    assert_int_equal(derive_hkdf_expand(PRK, sizeof PRK, &whole, 1, out, sizeof out), ERR_LIMIT);
    assert_int_equal(derive_hkdf_expand(PRK, sizeof PRK, halves, 2, out, sizeof out), ERR_LIMIT);
    assert_int_equal(derive_hkdf_expand(PRK, sizeof PRK, huge, 2, out, sizeof out), ERR_LIMIT);
    assert_int_equal(derive_hkdf_expand(PRK, sizeof PRK, halves, 1, out, sizeof out), OK);
}

static void an_output_beyond_255_blocks_is_refused(void **state)
{
    static uint8_t out[255 * 64 + 1];

    (void)state;
    assert_int_equal(derive_hkdf(NULL, 0, PRK, sizeof PRK, NULL, 0, out, sizeof out), ERR_LIMIT);
    assert_int_equal(derive_hkdf_expand(PRK, sizeof PRK, NULL, 0, out, sizeof out), ERR_LIMIT);
    assert_int_equal(derive_hkdf(NULL, 0, PRK, sizeof PRK, NULL, 0, out, 0), ERR_LIMIT);
    assert_int_equal(derive_hkdf(NULL, 0, PRK, sizeof PRK, NULL, 0, out, sizeof out - 1), OK);
}

static void cutting_the_input_elsewhere_changes_nothing(void **state)
{
    const struct piece whole[] = {{"abcdef", 6}}, cut[] = {{"ab", 2}, {NULL, 0}, {"cdef", 4}};
    uint8_t a[64], b[64];

    (void)state;
    assert_int_equal(derive_sha512(whole, 1, a), OK);
    assert_int_equal(derive_sha512(cut, 3, b), OK);
    assert_memory_equal(a, b, 64);
    assert_int_equal(derive_sha256(whole, 1, a), OK);
    assert_int_equal(derive_sha256(cut, 3, b), OK);
    assert_memory_equal(a, b, 32);
    assert_int_equal(derive_hmac_sha512(PRK, sizeof PRK, whole, 1, a), OK);
    assert_int_equal(derive_hmac_sha512(PRK, sizeof PRK, cut, 3, b), OK);
    assert_memory_equal(a, b, 64);
    assert_int_equal(derive_hkdf("s", 1, PRK, sizeof PRK, whole, 1, a, 64), OK);
    assert_int_equal(derive_hkdf("s", 1, PRK, sizeof PRK, cut, 3, b, 64), OK);
    assert_memory_equal(a, b, 64);
}

static void a_label_is_taken_with_its_nul(void **state)
{
    const struct piece label = LABEL_PIECE(LABEL_JOIN), longer = LABEL_PIECE(LABEL_JOIN_CODE);

    (void)state;
    assert_int_equal(label.len, strlen(LABEL_JOIN) + 1);
    assert_memory_not_equal(label.bytes, longer.bytes, label.len); /* so neither is the other's beginning */
}

static void extract_and_expand_is_not_expand_alone(void **state)
{
    uint8_t a[32], b[32];

    (void)state;
    assert_int_equal(derive_hkdf(NULL, 0, PRK, sizeof PRK, NULL, 0, a, sizeof a), OK);
    assert_int_equal(derive_hkdf_expand(PRK, sizeof PRK, NULL, 0, b, sizeof b), OK);
    assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_info_beyond_the_limit_is_refused),
        cmocka_unit_test(an_output_beyond_255_blocks_is_refused),
        cmocka_unit_test(cutting_the_input_elsewhere_changes_nothing),
        cmocka_unit_test(a_label_is_taken_with_its_nul),
        cmocka_unit_test(extract_and_expand_is_not_expand_alone),
    };

    return cmocka_run_group_tests(tests, crypto_set_up, NULL);
}
