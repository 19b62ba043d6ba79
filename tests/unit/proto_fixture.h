/* SPDX-License-Identifier: Apache-2.0 */
/* proto_fixture: a site, its device scout and a courier with fixed keys, for the tests of proto/. */
#ifndef TESTS_UNIT_PROTO_FIXTURE_H
#define TESTS_UNIT_PROTO_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "crypto/label.h"
#include "crypto/nodekeys.h"
#include "proto/certificate.h"
#include "tests/unit/cmocka_test.h"

struct fixture {
    uint8_t site_public[KEY_LEN], site_secret[SIGN_SECRET_LEN];
    struct id site;
    struct node_keys *scout, *courier;
    uint8_t scout_certificate[CERTIFICATE_LEN], courier_certificate[CERTIFICATE_LEN];
};

/* Keys from one byte, so that a golden file made today is made again tomorrow. */
static inline struct node_keys *fixture_keys(uint8_t seed)
{
    uint8_t sign_seed[KEY_LEN];
    struct node_keys *k = NULL;

    assert_int_equal(node_keys_new(&k), OK);
    memset(sign_seed, seed, sizeof sign_seed);
    assert_int_equal(sign_pair(sign_seed, k->sign_public, k->sign_secret), OK);
    memset(k->box_secret, seed + 1, KEY_LEN);
    assert_int_equal(crypto_scalarmult_base(k->box_public, k->box_secret), 0);
    k->node = verify_key_id(k->sign_public);
    return k;
}

static inline void fixture_certify(const struct fixture *f, const struct node_keys *k, uint8_t roles,
                                   uint8_t out[static CERTIFICATE_LEN])
{
    struct certificate c = {.site = f->site, .roles = roles, .serial = 1};
    struct wbuf b = wbuf_of(out, CERTIFICATE_LEN);

    memcpy(c.sign_public, k->sign_public, KEY_LEN);
    memcpy(c.box_public, k->box_public, KEY_LEN);
    assert_int_equal(certificate_write(&c, &b), OK);
    assert_int_equal(RECORD_SIGN(&b, LABEL_CERTIFICATE, f->site_secret), OK);
    assert_int_equal(b.len, CERTIFICATE_LEN);
}

/* cmocka set-up: *state becomes a struct fixture. */
static inline int fixture_new(void **state)
{
    uint8_t seed[KEY_LEN];
    struct fixture *f = calloc(1, sizeof *f);

    if (f == NULL || crypto_start() != OK)
        return -1;
    memset(seed, 1, sizeof seed);
    if (sign_pair(seed, f->site_public, f->site_secret) != OK)
        return -1;
    f->site = verify_key_id(f->site_public);
    f->scout = fixture_keys(10);
    f->courier = fixture_keys(20);
    fixture_certify(f, f->scout, ROLE_DEVICESCOUT, f->scout_certificate);
    fixture_certify(f, f->courier, ROLE_ORIGIN, f->courier_certificate);
    *state = f;
    return 0;
}

static inline int fixture_free(void **state)
{
    struct fixture *f = *state;

    node_keys_free(f->scout);
    node_keys_free(f->courier);
    free(f);
    return 0;
}

/* An id that a reader of a failed test recognises: sixteen times the same letter. */
static inline struct id fixture_id(char letter)
{
    struct id id;

    memset(id.b, letter, ID_LEN);
    return id;
}

#endif
