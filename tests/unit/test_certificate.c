/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/certificate.h"

#include "tests/unit/hostile.h"
#include "tests/unit/proto_fixture.h"

static enum err read_it(void *arg, const uint8_t *bytes, size_t len)
{
    const struct fixture *f = arg;
    struct certificate c;

    return certificate_read(bytes, len, f->site_public, &c);
}

static void damaged_anywhere_it_is_refused(void **state)
{
    struct fixture *f = *state;

    each_damage_to_a_signed_record_is_refused(read_it, f, SIGNER(LABEL_CERTIFICATE, f->site_secret),
                                              f->courier_certificate, CERTIFICATE_LEN);
}

static void another_sites_certificate_is_refused(void **state)
{
    struct fixture *f = *state;
    struct certificate c;

    assert_int_equal(certificate_read(f->courier_certificate, CERTIFICATE_LEN, f->courier->sign_public, &c), ERR_AUTH);
}

static void a_certificate_that_names_another_site_is_refused_although_this_one_signed(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[CERTIFICATE_LEN];

    memcpy(bytes, f->courier_certificate, sizeof bytes);
    bytes[1] ^= 1; /* the site id */
    assert_int_equal(
        read_resigned(read_it, f, SIGNER(LABEL_CERTIFICATE, f->site_secret), bytes, CERTIFICATE_LEN - SIGNATURE_LEN),
        ERR_FORMAT);
}

static void roles_that_nobody_has_are_neither_written_nor_read(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[CERTIFICATE_LEN];
    const size_t roles_at = 1 + ID_LEN + KEY_LEN + KEY_LEN;

    for (unsigned roles = 0; roles < 256; roles++) {
        struct certificate c = {.roles = (uint8_t)roles};
        struct wbuf b = wbuf_of(bytes, sizeof bytes);
        enum err expected = roles >= 1 && roles <= 7 ? OK : ERR_FORMAT;

        assert_int_equal(certificate_write(&c, &b), expected);
        memcpy(bytes, f->courier_certificate, sizeof bytes);
        bytes[roles_at] = (uint8_t)roles;
        assert_int_equal(read_resigned(read_it, f, SIGNER(LABEL_CERTIFICATE, f->site_secret), bytes,
                                       CERTIFICATE_LEN - SIGNATURE_LEN),
                         expected);
    }
}

static void what_was_written_is_read(void **state)
{
    struct fixture *f = *state;
    struct certificate c;

    assert_int_equal(certificate_read(f->scout_certificate, CERTIFICATE_LEN, f->site_public, &c), OK);
    assert_true(id_equal(c.site, f->site));
    assert_true(id_equal(c.node, f->scout->node));
    assert_memory_equal(c.sign_public, f->scout->sign_public, KEY_LEN);
    assert_memory_equal(c.box_public, f->scout->box_public, KEY_LEN);
    assert_int_equal(c.roles, ROLE_DEVICESCOUT);
    assert_int_equal(c.serial, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_anywhere_it_is_refused),
        cmocka_unit_test(another_sites_certificate_is_refused),
        cmocka_unit_test(a_certificate_that_names_another_site_is_refused_although_this_one_signed),
        cmocka_unit_test(roles_that_nobody_has_are_neither_written_nor_read),
        cmocka_unit_test(what_was_written_is_read),
    };

    return cmocka_run_group_tests(tests, fixture_new, fixture_free);
}
