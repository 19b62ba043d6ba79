/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/message.h"

#include "crypto/envelope.h"
#include "tests/unit/hostile.h"
#include "tests/unit/proto_fixture.h"

static const uint8_t BODY[] = "a body";

static struct message message_of(const struct fixture *f)
{
    return (struct message){.type = MSG_ANNOUNCE,
                            .recipient = f->scout->node,
                            .sender = f->courier->node,
                            .id = fixture_id('m'),
                            .sequence = 5,
                            .seen = 4,
                            .body = BODY,
                            .body_len = sizeof BODY};
}

static size_t seal(const struct fixture *f, const struct message *m, uint8_t out[static ENVELOPE_MAX_LEN])
{
    size_t len;

    assert_int_equal(message_seal(m, f->courier, f->scout->box_public, out, &len), OK);
    return len;
}

static uint8_t plain[ENVELOPE_MAX_LEN];

static enum err read_it(void *arg, const uint8_t *bytes, size_t len)
{
    const struct fixture *f = arg;
    struct message m;
    size_t plain_len;
    enum err e = message_open(bytes, len, f->scout, plain, &plain_len, &m);

    return e != OK ? e : message_verify(plain, plain_len, &m, f->courier->sign_public);
}

static void damaged_anywhere_it_is_refused(void **state)
{
    struct fixture *f = *state;
    struct message m = message_of(f);
    uint8_t bytes[ENVELOPE_MAX_LEN];
    size_t len = seal(f, &m, bytes);

    each_cut_is_refused(read_it, f, bytes, len);
    each_flip_is_refused(read_it, f, bytes, len);
}

/* What a node that misuses its own key could put into an envelope. */
static enum err read_inner(struct fixture *f, const uint8_t *inner, size_t len)
{
    uint8_t bytes[ENVELOPE_MAX_LEN];
    size_t sealed;

    assert_int_equal(envelope_seal(f->scout->box_public, inner, len, bytes, &sealed), OK);
    return read_it(f, bytes, sealed);
}

static enum err reseal(void *arg, const uint8_t *inner, size_t len)
{
    return read_inner(arg, inner, len);
}

static void the_inner_form_damaged_anywhere_is_refused_although_it_was_sealed_well(void **state)
{
    struct fixture *f = *state;
    struct message m = message_of(f);
    uint8_t bytes[ENVELOPE_MAX_LEN], inner[ENVELOPE_MAX_LEN];
    size_t inner_len;

    assert_int_equal(message_open(bytes, seal(f, &m, bytes), f->scout, inner, &inner_len, &m), OK);
    each_damage_to_a_signed_record_is_refused(reseal, f, SIGNER(LABEL_MESSAGE, f->courier->sign_secret), inner,
                                              inner_len);
}

static void a_message_to_somebody_else_that_a_peer_passes_on_is_refused(void **state)
{
    struct fixture *f = *state;
    struct node_keys *other = fixture_keys(30);
    struct message m = message_of(f);
    uint8_t bytes[ENVELOPE_MAX_LEN];

    m.recipient = other->node; /* signed for another device scout, sealed again to this one */
    assert_int_equal(read_it(f, bytes, seal(f, &m, bytes)), ERR_REFUSED);
    node_keys_free(other);
}

static void who_cannot_open_it_is_told_nothing(void **state)
{
    struct fixture *f = *state;
    struct message m = message_of(f);
    uint8_t bytes[ENVELOPE_MAX_LEN];
    size_t plain_len, len = seal(f, &m, bytes);

    assert_int_equal(message_open(bytes, len, f->courier, plain, &plain_len, &m), ERR_AUTH);
}

static void a_message_in_the_name_of_another_node_is_refused(void **state)
{
    struct fixture *f = *state;
    struct node_keys *other = fixture_keys(30);
    struct message m = message_of(f), read;
    uint8_t bytes[ENVELOPE_MAX_LEN];
    size_t plain_len, len = seal(f, &m, bytes);

    assert_int_equal(message_open(bytes, len, f->scout, plain, &plain_len, &read), OK);
    assert_int_equal(message_verify(plain, plain_len, &read, other->sign_public), ERR_AUTH);
    m.sender = other->node; /* nor does the writer lend its key to another name */
    assert_int_equal(message_seal(&m, f->courier, f->scout->box_public, bytes, &len), ERR_FORMAT);
    node_keys_free(other);
}

static void types_that_nobody_knows_are_refused(void **state)
{
    struct fixture *f = *state;
    struct message m = message_of(f);
    uint8_t bytes[ENVELOPE_MAX_LEN], inner[ENVELOPE_MAX_LEN];
    size_t len, inner_len;

    assert_int_equal(message_open(bytes, seal(f, &m, bytes), f->scout, inner, &inner_len, &m), OK);
    for (unsigned type = 0; type < 256; type++) {
        enum err expected = type >= MSG_HELLO && type < MSG_TYPE_COUNT ? OK : ERR_UNSUPPORTED;

        inner[1] = (uint8_t)type;
        assert_int_equal(
            read_resigned(reseal, f, SIGNER(LABEL_MESSAGE, f->courier->sign_secret), inner, inner_len - SIGNATURE_LEN),
            expected);
        m = message_of(f);
        m.type = (uint8_t)type;
        assert_int_equal(message_seal(&m, f->courier, f->scout->box_public, bytes, &len),
                         expected == OK ? OK : ERR_FORMAT);
    }
}

static void a_body_of_the_greatest_length_fits_and_one_more_does_not(void **state)
{
    static const uint8_t body[MESSAGE_BODY_MAX + 1];
    struct fixture *f = *state;
    struct message m = message_of(f);
    uint8_t bytes[ENVELOPE_MAX_LEN];
    size_t len;

    m.body = body;
    m.body_len = MESSAGE_BODY_MAX;
    assert_int_equal(read_it(f, bytes, seal(f, &m, bytes)), OK);
    m.body_len++;
    assert_int_equal(message_seal(&m, f->courier, f->scout->box_public, bytes, &len), ERR_LIMIT);
}

static void only_the_length_class_shows(void **state)
{
    struct fixture *f = *state;
    struct message m = message_of(f);
    uint8_t bytes[ENVELOPE_MAX_LEN];

    m.body_len = 0;
    assert_int_equal(seal(f, &m, bytes), 512 + ENVELOPE_OVERHEAD);
    m.body_len = sizeof BODY;
    assert_int_equal(seal(f, &m, bytes), 512 + ENVELOPE_OVERHEAD);
}

static void what_was_written_is_read(void **state)
{
    struct fixture *f = *state;
    struct message m = message_of(f), read;
    uint8_t bytes[ENVELOPE_MAX_LEN];
    size_t plain_len;

    assert_int_equal(message_open(bytes, seal(f, &m, bytes), f->scout, plain, &plain_len, &read), OK);
    assert_int_equal(message_verify(plain, plain_len, &read, f->courier->sign_public), OK);
    assert_int_equal(read.type, MSG_ANNOUNCE);
    assert_true(id_equal(read.sender, m.sender));
    assert_true(id_equal(read.recipient, m.recipient));
    assert_true(id_equal(read.id, m.id));
    assert_int_equal(read.sequence, 5);
    assert_int_equal(read.seen, 4);
    assert_int_equal(read.body_len, sizeof BODY);
    assert_memory_equal(read.body, BODY, sizeof BODY);
    assert_int_equal(plain_len, MESSAGE_OVERHEAD + sizeof BODY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_anywhere_it_is_refused),
        cmocka_unit_test(the_inner_form_damaged_anywhere_is_refused_although_it_was_sealed_well),
        cmocka_unit_test(a_message_to_somebody_else_that_a_peer_passes_on_is_refused),
        cmocka_unit_test(who_cannot_open_it_is_told_nothing),
        cmocka_unit_test(a_message_in_the_name_of_another_node_is_refused),
        cmocka_unit_test(types_that_nobody_knows_are_refused),
        cmocka_unit_test(a_body_of_the_greatest_length_fits_and_one_more_does_not),
        cmocka_unit_test(only_the_length_class_shows),
        cmocka_unit_test(what_was_written_is_read),
    };

    return cmocka_run_group_tests(tests, fixture_new, fixture_free);
}
