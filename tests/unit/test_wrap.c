/* SPDX-License-Identifier: Apache-2.0 */
/* Wraps: only the recipient, only for the use that was meant, and never to a point of low order. */
#include <string.h>

#include "crypto/label.h"
#include "crypto/nodekeys.h"
#include "crypto/unwrap.h"
#include "tests/unit/crypto_fixture.h"

static const struct id JOB = {"the job's id..."};
static const uint8_t SECRET[KEY_LEN] = "the job key, thirty-two bytes ..";

/* The points of low order of Curve25519, and forms of them that are not canonical. */
static const uint8_t LOW_ORDER[][KEY_LEN] = {
    {0},
    {1},
    {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
     0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
    {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
     0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
};

struct wrapped {
    uint8_t public_key[KEY_LEN], secret_key[KEY_LEN];
    struct wrap_info info;
    uint8_t bytes[WRAP_LEN];
};

static void wrapped_new(struct wrapped *w)
{
    assert_int_equal(box_pair_new(w->public_key, w->secret_key), OK);
    wrap_info_job(&w->info, SITE, JOB, 7);
    assert_int_equal(wrap_key(w->public_key, w->info.pieces, 2, SECRET, w->bytes), OK);
}

static enum err open_with(const struct wrapped *w, const struct wrap_info *info, uint8_t out[static KEY_LEN])
{
    return unwrap_key(w->secret_key, w->public_key, info->pieces, 2, w->bytes, out);
}

static void a_recipient_key_of_low_order_gets_nothing(void **state)
{
    struct wrap_info info;
    uint8_t out[WRAP_LEN];

    (void)state;
    wrap_info_job(&info, SITE, JOB, 7);
    for (size_t i = 0; i < sizeof LOW_ORDER / sizeof *LOW_ORDER; i++)
        assert_int_equal(wrap_key(LOW_ORDER[i], info.pieces, 2, SECRET, out), ERR_AUTH);
}

static void an_ephemeral_key_of_low_order_opens_nothing(void **state)
{
    struct wrapped w;
    uint8_t out[KEY_LEN];

    (void)state;
    wrapped_new(&w);
    for (size_t i = 0; i < sizeof LOW_ORDER / sizeof *LOW_ORDER; i++) {
        memcpy(w.bytes, LOW_ORDER[i], KEY_LEN);
        assert_int_equal(open_with(&w, &w.info, out), ERR_AUTH);
    }
}

static void a_change_of_any_one_bit_is_found(void **state)
{
    struct wrapped w;
    uint8_t out[KEY_LEN];

    (void)state;
    wrapped_new(&w);
    for (size_t bit = 0; bit < 8 * (size_t)WRAP_LEN; bit++) {
        w.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(open_with(&w, &w.info, out), ERR_AUTH);
        w.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(open_with(&w, &w.info, out), OK);
}

static void another_recipient_opens_nothing(void **state)
{
    struct wrapped w, other;
    uint8_t out[KEY_LEN];

    (void)state;
    wrapped_new(&w);
    wrapped_new(&other);
    memcpy(other.bytes, w.bytes, WRAP_LEN);
    assert_int_equal(open_with(&other, &other.info, out), ERR_AUTH);
    memcpy(other.secret_key, w.secret_key, KEY_LEN); /* the right secret key beside a wrong public one */
    assert_int_equal(open_with(&other, &other.info, out), ERR_AUTH);
}

static void another_site_job_epoch_or_use_opens_nothing(void **state)
{
    struct wrapped w;
    struct wrap_info info;
    uint8_t out[KEY_LEN];

    (void)state;
    wrapped_new(&w);
    wrap_info_job(&info, NODE, JOB, 7);
    assert_int_equal(open_with(&w, &info, out), ERR_AUTH);
    wrap_info_job(&info, SITE, NODE, 7);
    assert_int_equal(open_with(&w, &info, out), ERR_AUTH);
    wrap_info_job(&info, SITE, JOB, 8);
    assert_int_equal(open_with(&w, &info, out), ERR_AUTH);
    wrap_info_grant(&info, SITE, JOB);
    assert_int_equal(open_with(&w, &info, out), ERR_AUTH);
}

static void a_grant_is_not_a_job_wrap_even_with_the_same_ids(void **state)
{
    struct wrapped w;
    struct wrap_info job;
    uint8_t out[KEY_LEN];

    (void)state;
    wrapped_new(&w);
    wrap_info_grant(&w.info, SITE, JOB);
    assert_int_equal(wrap_key(w.public_key, w.info.pieces, 2, SECRET, w.bytes), OK);
    for (uint32_t epoch = 0; epoch < 4; epoch++) {
        wrap_info_job(&job, SITE, JOB, epoch);
        assert_int_equal(open_with(&w, &job, out), ERR_AUTH);
    }
    assert_int_equal(open_with(&w, &w.info, out), OK);
    assert_memory_equal(out, SECRET, KEY_LEN);
}

static void two_wraps_of_one_key_are_not_alike(void **state)
{
    struct wrapped w;
    uint8_t again[WRAP_LEN];

    (void)state;
    wrapped_new(&w);
    assert_int_equal(wrap_key(w.public_key, w.info.pieces, 2, SECRET, again), OK);
    for (size_t i = 0; i < WRAP_LEN; i += 16)
        assert_memory_not_equal(again + i, w.bytes + i, 16);
}

static void the_recipient_gets_the_key(void **state)
{
    struct wrapped w;
    uint8_t out[KEY_LEN] = {0};

    (void)state;
    wrapped_new(&w);
    assert_int_equal(open_with(&w, &w.info, out), OK);
    assert_memory_equal(out, SECRET, KEY_LEN);
}

static void the_info_is_what_the_format_says(void **state)
{
    struct wrap_info w;

    (void)state;
    wrap_info_job(&w, SITE, JOB, 0x01020304);
    assert_int_equal(w.pieces[0].len, strlen(LABEL_WRAP) + 1);
    assert_memory_equal(w.pieces[0].bytes, LABEL_WRAP, w.pieces[0].len);
    assert_int_equal(w.pieces[1].len, 36);
    assert_memory_equal(w.store, SITE.b, ID_LEN);
    assert_memory_equal(w.store + 16, JOB.b, ID_LEN);
    assert_memory_equal(w.store + 32, "\x01\x02\x03\x04", 4);
    wrap_info_grant(&w, SITE, JOB);
    assert_memory_equal(w.pieces[0].bytes, LABEL_GRANT, w.pieces[0].len);
    assert_int_equal(w.pieces[1].len, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recipient_key_of_low_order_gets_nothing),
        cmocka_unit_test(an_ephemeral_key_of_low_order_opens_nothing),
        cmocka_unit_test(a_change_of_any_one_bit_is_found),
        cmocka_unit_test(another_recipient_opens_nothing),
        cmocka_unit_test(another_site_job_epoch_or_use_opens_nothing),
        cmocka_unit_test(a_grant_is_not_a_job_wrap_even_with_the_same_ids),
        cmocka_unit_test(two_wraps_of_one_key_are_not_alike),
        cmocka_unit_test(the_recipient_gets_the_key),
        cmocka_unit_test(the_info_is_what_the_format_says),
    };

    return cmocka_run_group_tests(tests, crypto_set_up, NULL);
}
