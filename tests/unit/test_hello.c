/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/hello.h"

#include "tests/unit/hostile.h"
#include "tests/unit/proto_fixture.h"

static void hello_of(const struct fixture *f, uint8_t out[static HELLO_LEN])
{
    struct wbuf b = wbuf_of(out, HELLO_LEN);
    struct hello h = {.boot_ms = 123456789};

    memcpy(h.certificate_bytes, f->courier_certificate, CERTIFICATE_LEN);
    memset(h.hello_public, 5, KEY_LEN);
    assert_int_equal(hello_write(&h, &b), OK);
    assert_int_equal(RECORD_SIGN(&b, LABEL_HELLO, f->courier->sign_secret), OK);
    assert_int_equal(b.len, HELLO_LEN);
}

static enum err read_it(void *arg, const uint8_t *bytes, size_t len)
{
    const struct fixture *f = arg;
    struct hello h;

    return hello_read(bytes, len, f->site_public, &h);
}

static void damaged_anywhere_it_is_refused(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[HELLO_LEN];

    hello_of(f, bytes);
    each_damage_to_a_signed_record_is_refused(read_it, f, SIGNER(LABEL_HELLO, f->courier->sign_secret), bytes,
                                              HELLO_LEN);
}

static void a_hello_with_the_certificate_of_another_node_is_refused(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[HELLO_LEN];

    hello_of(f, bytes);
    memcpy(bytes + 1, f->scout_certificate, CERTIFICATE_LEN);
    assert_int_equal(
        read_resigned(read_it, f, SIGNER(LABEL_HELLO, f->courier->sign_secret), bytes, HELLO_LEN - SIGNATURE_LEN),
        ERR_AUTH);
}

static void a_hello_of_another_site_is_refused(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[HELLO_LEN];
    struct hello h;

    hello_of(f, bytes);
    assert_int_equal(hello_read(bytes, HELLO_LEN, f->scout->sign_public, &h), ERR_AUTH);
}

static void what_was_written_is_read(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[HELLO_LEN];
    struct hello h;

    hello_of(f, bytes);
    assert_int_equal(hello_read(bytes, HELLO_LEN, f->site_public, &h), OK);
    assert_true(id_equal(h.certificate.node, f->courier->node));
    assert_memory_equal(h.certificate_bytes, f->courier_certificate, CERTIFICATE_LEN);
    assert_int_equal(h.hello_public[31], 5);
    assert_int_equal(h.boot_ms, 123456789);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_anywhere_it_is_refused),
        cmocka_unit_test(a_hello_with_the_certificate_of_another_node_is_refused),
        cmocka_unit_test(a_hello_of_another_site_is_refused),
        cmocka_unit_test(what_was_written_is_read),
    };

    return cmocka_run_group_tests(tests, fixture_new, fixture_free);
}
