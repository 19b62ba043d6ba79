/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures hold for one key, one label and these bytes; a node's keys are written once and read only from 0600. */
#include <string.h>
#include <sys/stat.h>

#include "crypto/label.h"
#include "crypto/nodekeys.h"
#include "tests/unit/crypto_fixture.h"
#include "tests/unit/scratch.h"

static const uint8_t SEED[KEY_LEN] = "the seed of a pair that anyone k";

struct pair {
    uint8_t public_key[KEY_LEN], secret_key[SIGN_SECRET_LEN];
};

static struct pair pair_of(const uint8_t seed[static KEY_LEN])
{
    struct pair p;

    assert_int_equal(sign_pair(seed, p.public_key, p.secret_key), OK);
    return p;
}

static void a_signature_under_another_label_does_not_hold(void **state)
{
    struct pair p = pair_of(SEED);
    uint8_t sig[SIGNATURE_LEN];

    (void)state;
    assert_int_equal(SIGN(LABEL_REPORT, "bytes", 5, p.secret_key, sig), OK);
    assert_int_equal(VERIFY(LABEL_ORDER, "bytes", 5, p.public_key, sig), ERR_AUTH);
    assert_int_equal(VERIFY(LABEL_REPORT, "bytes", 5, p.public_key, sig), OK);
}

static void bytes_cannot_move_between_label_and_message(void **state)
{
    struct pair p = pair_of(SEED);
    uint8_t sig[SIGNATURE_LEN];

    (void)state;
    assert_int_equal(SIGN("latchkey/v1/join", "x", 1, p.secret_key, sig), OK);
    assert_int_equal(VERIFY("latchkey/v1/join-code", "x", 1, p.public_key, sig), ERR_AUTH);
    assert_int_equal(verify_bytes("latchkey/v1/join", 16, "\0x", 2, p.public_key, sig), OK); /* the NUL is signed */
    assert_int_equal(verify_bytes("latchkey/v1/join", 16, "x", 1, p.public_key, sig), ERR_AUTH);
}

static void a_change_of_any_one_bit_of_the_signature_is_found(void **state)
{
    struct pair p = pair_of(SEED);
    uint8_t sig[SIGNATURE_LEN];

    (void)state;
    assert_int_equal(SIGN(LABEL_ORDER, "bytes", 5, p.secret_key, sig), OK);
    for (size_t bit = 0; bit < 8 * (size_t)SIGNATURE_LEN; bit++) {
        sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(VERIFY(LABEL_ORDER, "bytes", 5, p.public_key, sig), ERR_AUTH);
        sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void other_bytes_or_another_key_do_not_hold(void **state)
{
    struct pair p = pair_of(SEED), other = pair_of((const uint8_t *)"the seed of quite another pair..");
    uint8_t sig[SIGNATURE_LEN];

    (void)state;
    assert_int_equal(SIGN(LABEL_ORDER, "bytes", 5, p.secret_key, sig), OK);
    assert_int_equal(VERIFY(LABEL_ORDER, "bytes", 4, p.public_key, sig), ERR_AUTH);
    assert_int_equal(VERIFY(LABEL_ORDER, "bytes!", 6, p.public_key, sig), ERR_AUTH);
    assert_int_equal(VERIFY(LABEL_ORDER, "Bytes", 5, p.public_key, sig), ERR_AUTH);
    assert_int_equal(VERIFY(LABEL_ORDER, "bytes", 5, other.public_key, sig), ERR_AUTH);
}

static void a_key_of_small_order_verifies_nothing(void **state)
{
    /* With the neutral element as key and R, and S = 0, a lax verifier accepts any message. */
    static const uint8_t neutral[KEY_LEN] = {1};
    static const uint8_t zero[KEY_LEN];
    uint8_t sig[SIGNATURE_LEN] = {1};

    (void)state;
    assert_int_equal(VERIFY(LABEL_ORDER, "anything", 8, neutral, sig), ERR_AUTH);
    assert_int_equal(VERIFY(LABEL_ORDER, "anything", 8, zero, sig), ERR_AUTH);
}

static void nothing_can_be_signed_as_well_as_something(void **state)
{
    struct pair p = pair_of(SEED);
    uint8_t sig[SIGNATURE_LEN], again[SIGNATURE_LEN];

    (void)state;
    assert_int_equal(SIGN(LABEL_HELLO, NULL, 0, p.secret_key, sig), OK);
    assert_int_equal(SIGN(LABEL_HELLO, NULL, 0, p.secret_key, again), OK);
    assert_memory_equal(sig, again, SIGNATURE_LEN);
    assert_int_equal(VERIFY(LABEL_HELLO, NULL, 0, p.public_key, sig), OK);
}

static void an_id_is_the_first_half_of_the_keys_sha_256(void **state)
{
    static const uint8_t key[KEY_LEN]; /* SHA-256 of 32 zero bytes begins 66687aad f862bd77 6c8fc18b 8e9f8e20 */
    char text[ID_HEX_SIZE];

    (void)state;
    assert_string_equal(id_text(verify_key_id(key), text), "66687aadf862bd776c8fc18b8e9f8e20");
}

static void keys_that_others_may_read_are_refused(void **state)
{
    const struct scratch *s = *state;
    struct node_keys *k = NULL, *loaded = NULL;

    assert_int_equal(node_keys_new(&k), OK);
    assert_int_equal(node_keys_save(k, s->fd, "node.keys"), OK);
    assert_int_equal(fchmodat(s->fd, "node.keys", 0640, 0), 0);
    assert_int_equal(node_keys_load(s->fd, "node.keys", &loaded), ERR_REFUSED);
    assert_null(loaded);
    node_keys_free(k);
}

static void keys_of_another_length_are_refused(void **state)
{
    const struct scratch *s = *state;
    struct node_keys *k = NULL;

    scratch_write(s, "short", "63 bytes at most");
    assert_int_equal(node_keys_load(s->fd, "short", &k), ERR_FORMAT);
    assert_int_equal(node_keys_load(s->fd, "absent", &k), ERR_NOTFOUND);
    assert_null(k);
}

static void keys_are_never_written_over(void **state)
{
    const struct scratch *s = *state;
    struct node_keys *first = NULL, *second = NULL, *loaded = NULL;

    assert_int_equal(node_keys_new(&first), OK);
    assert_int_equal(node_keys_new(&second), OK);
    assert_int_equal(node_keys_save(first, s->fd, "node.keys"), OK);
    assert_int_equal(node_keys_save(second, s->fd, "node.keys"), ERR_EXISTS);
    assert_int_equal(node_keys_load(s->fd, "node.keys", &loaded), OK);
    assert_true(id_equal(loaded->node, first->node));
    assert_false(id_equal(loaded->node, second->node));
    node_keys_free(first);
    node_keys_free(second);
    node_keys_free(loaded);
}

static void saved_keys_come_back_whole_from_64_bytes(void **state)
{
    const struct scratch *s = *state;
    struct node_keys *k = NULL, *loaded = NULL;
    struct stat st;

    assert_int_equal(node_keys_new(&k), OK);
    assert_int_equal(node_keys_save(k, s->fd, "node.keys"), OK);
    assert_int_equal(fstatat(s->fd, "node.keys", &st, 0), 0);
    assert_int_equal(st.st_size, 64);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(node_keys_load(s->fd, "node.keys", &loaded), OK);
    assert_memory_equal(loaded, k, sizeof *k);
    assert_true(id_equal(k->node, verify_key_id(k->sign_public)));
    node_keys_free(k);
    node_keys_free(loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_under_another_label_does_not_hold),
        cmocka_unit_test(bytes_cannot_move_between_label_and_message),
        cmocka_unit_test(a_change_of_any_one_bit_of_the_signature_is_found),
        cmocka_unit_test(other_bytes_or_another_key_do_not_hold),
        cmocka_unit_test(a_key_of_small_order_verifies_nothing),
        cmocka_unit_test(nothing_can_be_signed_as_well_as_something),
        cmocka_unit_test(an_id_is_the_first_half_of_the_keys_sha_256),
        cmocka_unit_test_setup_teardown(keys_that_others_may_read_are_refused, scratch_new, scratch_free),
        cmocka_unit_test_setup_teardown(keys_of_another_length_are_refused, scratch_new, scratch_free),
        cmocka_unit_test_setup_teardown(keys_are_never_written_over, scratch_new, scratch_free),
        cmocka_unit_test_setup_teardown(saved_keys_come_back_whole_from_64_bytes, scratch_new, scratch_free),
    };

    return cmocka_run_group_tests(tests, crypto_set_up, NULL);
}
