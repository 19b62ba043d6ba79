/* SPDX-License-Identifier: Apache-2.0 */
/* Envelopes: only the recipient opens one, and only the class of its length shows. */
#include <string.h>

#include "crypto/envelope.h"
#include "crypto/padding.h"
#include "tests/unit/crypto_fixture.h"

struct recipient {
    uint8_t public_key[KEY_LEN], secret_key[KEY_LEN];
};

static struct recipient recipient_new(void)
{
    struct recipient r;

    assert_int_equal(box_pair_new(r.public_key, r.secret_key), OK);
    return r;
}

static uint8_t plain[ENVELOPE_MAX_PLAIN + 1], sealed[ENVELOPE_MAX_LEN + 1], opened[ENVELOPE_MAX_LEN];

static void an_envelope_cut_at_any_byte_is_refused(void **state)
{
    struct recipient r = recipient_new();
    size_t len, got = 7;

    (void)state;
    assert_int_equal(envelope_seal(r.public_key, plain, 700, sealed, &len), OK);
    for (size_t cut = 0; cut < len; cut++) {
        enum err e = envelope_open(r.public_key, r.secret_key, sealed, cut, opened, &got);

        assert_int_equal(e, cut == ENVELOPE_OVERHEAD + PADDING_LEAST ? ERR_AUTH : ERR_FORMAT);
    }
    assert_int_equal(got, 7);
}

static void a_change_of_any_one_byte_is_found(void **state)
{
    struct recipient r = recipient_new();
    size_t len, got;

    (void)state;
    assert_int_equal(envelope_seal(r.public_key, plain, 10, sealed, &len), OK);
    for (size_t i = 0; i < len; i++) {
        sealed[i] ^= 1;
        assert_int_equal(envelope_open(r.public_key, r.secret_key, sealed, len, opened, &got), ERR_AUTH);
        sealed[i] ^= 1;
    }
}

static void another_recipient_opens_nothing(void **state)
{
    struct recipient a = recipient_new(), b = recipient_new();
    size_t len, got;

    (void)state;
    assert_int_equal(envelope_seal(a.public_key, plain, 10, sealed, &len), OK);
    assert_int_equal(envelope_open(b.public_key, b.secret_key, sealed, len, opened, &got), ERR_AUTH);
    assert_int_equal(envelope_open(b.public_key, a.secret_key, sealed, len, opened, &got), ERR_AUTH);
}

static void a_recipient_key_of_low_order_gets_nothing(void **state)
{
    static const uint8_t zero[KEY_LEN];
    size_t len = 7;

    (void)state;
    assert_int_equal(envelope_seal(zero, plain, 10, sealed, &len), ERR_AUTH);
    assert_int_equal(len, 7);
}

static void a_plaintext_beyond_the_limit_is_refused(void **state)
{
    struct recipient r = recipient_new();
    size_t len;

    (void)state;
    assert_int_equal(envelope_seal(r.public_key, plain, ENVELOPE_MAX_PLAIN + 1, sealed, &len), ERR_LIMIT);
    assert_int_equal(envelope_seal(r.public_key, plain, SIZE_MAX, sealed, &len), ERR_LIMIT);
    assert_int_equal(envelope_open(r.public_key, r.secret_key, sealed, ENVELOPE_MAX_LEN + 1, opened, &len), ERR_FORMAT);
}

static void lengths_go_there_and_back_and_show_only_their_class(void **state)
{
    static const struct {
        size_t len, sealed;
    } cases[] = {{0, 560},     {1, 560},       {511, 560},     {512, 1072},    {1023, 1072},
                 {1024, 2096}, {16383, 16432}, {16384, 32816}, {30000, 32816}, {32767, 32816}};
    struct recipient r = recipient_new();

    (void)state;
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (uint8_t)(i % 3 == 0 ? 0x80 : 0); /* looks like padding */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t len = 0, got = 1;

        assert_int_equal(envelope_seal(r.public_key, plain, cases[i].len, sealed, &len), OK);
        assert_int_equal(len, cases[i].sealed);
        assert_int_equal(envelope_open(r.public_key, r.secret_key, sealed, len, opened, &got), OK);
        assert_int_equal(got, cases[i].len);
        assert_memory_equal(opened, plain, got);
    }
}

static void padding_that_is_not_the_least_is_refused(void **state)
{
    uint8_t bytes[2048] = {'a', 0x80};
    size_t len;

    (void)state;
    assert_int_equal(padding_strip(bytes, 512, &len), OK);
    assert_int_equal(len, 1);
    assert_int_equal(padding_strip(bytes, 1024, &len), ERR_FORMAT);
    assert_int_equal(padding_strip(bytes, 2048, &len), ERR_FORMAT);
}

static void padding_without_its_mark_or_with_dirt_is_refused(void **state)
{
    uint8_t bytes[512] = {0};
    size_t len;

    (void)state;
    assert_int_equal(padding_strip(bytes, 512, &len), ERR_FORMAT); /* no mark */
    bytes[100] = 0x80;
    bytes[200] = 1;
    assert_int_equal(padding_strip(bytes, 512, &len), ERR_FORMAT); /* dirt behind it */
    bytes[200] = 0x81;
    assert_int_equal(padding_strip(bytes, 512, &len), ERR_FORMAT);
    for (size_t n = 0; n < 512; n++)
        assert_int_equal(padding_strip(bytes, n, &len), ERR_FORMAT); /* no class */
    assert_int_equal(padding_strip(bytes, 513, &len), ERR_FORMAT);
}

static void padding_that_does_not_fit_is_refused(void **state)
{
    uint8_t bytes[1024];
    size_t padded;

    (void)state;
    assert_int_equal(padding_add(bytes, 512, 1023, &padded), ERR_LIMIT);
    assert_int_equal(padding_add(bytes, SIZE_MAX, sizeof bytes, &padded), ERR_LIMIT);
    assert_int_equal(padding_add(bytes, 512, 1024, &padded), OK);
    assert_int_equal(padded, 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_envelope_cut_at_any_byte_is_refused),
        cmocka_unit_test(a_change_of_any_one_byte_is_found),
        cmocka_unit_test(another_recipient_opens_nothing),
        cmocka_unit_test(a_recipient_key_of_low_order_gets_nothing),
        cmocka_unit_test(a_plaintext_beyond_the_limit_is_refused),
        cmocka_unit_test(lengths_go_there_and_back_and_show_only_their_class),
        cmocka_unit_test(padding_that_is_not_the_least_is_refused),
        cmocka_unit_test(padding_without_its_mark_or_with_dirt_is_refused),
        cmocka_unit_test(padding_that_does_not_fit_is_refused),
    };

    return cmocka_run_group_tests(tests, crypto_set_up, NULL);
}
