/* SPDX-License-Identifier: Apache-2.0 */
/* Codes, the nodes that come by them, and taking both back. */
#include "tests/unit/keyholder_fixture.h"

static void code_id_of(const struct invitation *i, uint8_t out[static CODE_ID_LEN])
{
    struct join_keys keys;

    assert_int_equal(join_derive(i->secret, i->site, &keys), OK);
    memcpy(out, keys.code_id, CODE_ID_LEN);
}

static void new_node(struct node *n)
{
    memset(n, 0, sizeof *n);
    assert_int_equal(node_keys_new(&n->keys), OK);
}

static void a_code_that_nobody_was_given_lets_nobody_in(void **state)
{
    struct site *s = *state;
    struct invitation i;
    struct node n;

    new_node(&n);
    assert_int_equal(invite(s, "alice", ROLE_ORIGIN, 1, &i), OK);
    i.secret[0] ^= 1;
    assert_int_equal(join_with(s, &i, &n), ERR_NOTFOUND);
    leave(&n);
}

static void a_request_with_a_wrong_mac_is_refused_and_uses_nothing_up(void **state)
{
    struct site *s = *state;
    struct invitation i;
    struct join_request r;
    struct join_keys keys;
    uint8_t body[JOIN_REQUEST_LEN];
    struct wbuf b = wbuf_of(body, sizeof body);
    struct node n;

    new_node(&n);
    assert_int_equal(invite(s, "alice", ROLE_ORIGIN, 1, &i), OK);
    assert_int_equal(join_derive(i.secret, i.site, &keys), OK);
    r = (struct join_request){.site = i.site};
    memcpy(r.code_id, keys.code_id, CODE_ID_LEN);
    memcpy(r.sign_public, n.keys->sign_public, KEY_LEN);
    memcpy(r.box_public, n.keys->box_public, KEY_LEN);
    assert_int_equal(join_request_write(&r, keys.token, &b), OK); /* who knows the token alone: the relay */
    assert_int_equal(ask_scout(s, KH_JOIN, body, b.len), ERR_AUTH);
    assert_int_equal(join_with(s, &i, &n), OK);
    leave(&n);
}

static void one_use_is_one_node_but_the_same_node_may_ask_twice(void **state)
{
    struct site *s = *state;
    struct invitation i, later;
    struct node first, second;
    uint8_t certificate[CERTIFICATE_LEN];

    new_node(&first);
    new_node(&second);
    assert_int_equal(invite(s, "alice", ROLE_ORIGIN, 1, &i), OK);
    assert_int_equal(join_with(s, &i, &first), OK);
    memcpy(certificate, first.certificate, CERTIFICATE_LEN);
    assert_int_equal(join_with(s, &i, &second), ERR_EXPIRED);
    assert_int_equal(invite(s, "bob", ROLE_ORIGIN, 1, &later), OK);
    assert_int_equal(join_with(s, &i, &first), OK); /* its answer was lost */
    assert_memory_equal(certificate, first.certificate, CERTIFICATE_LEN);
    assert_int_equal(s->k->registry->nodes_len, 1);
    leave(&first);
    leave(&second);
}

static void a_code_that_expired_lets_nobody_in(void **state)
{
    struct site *s = *state;
    struct invitation i;
    struct node n;

    new_node(&n);
    assert_int_equal(invite(s, "alice", ROLE_ORIGIN, 5, &i), OK);
    s->k->registry->codes[0].expires_unix_ms = clock_unix_ms() - 1;
    assert_int_equal(join_with(s, &i, &n), ERR_EXPIRED);
    leave(&n);
}

static void withdrawing_a_code_ends_it_and_revokes_who_came_by_it(void **state)
{
    struct site *s = *state;
    struct invitation i;
    struct node first, second, other;
    uint8_t id[CODE_ID_LEN];
    uint32_t version;

    new_node(&first);
    new_node(&second);
    join(s, "carol", ROLE_ORIGIN, &other);
    assert_int_equal(invite(s, "alice", ROLE_ORIGIN, 5, &i), OK);
    assert_int_equal(join_with(s, &i, &first), OK);
    version = s->k->registry->bulletin.version;
    code_id_of(&i, id);
    assert_int_equal(ask_admin(s, KH_WITHDRAW, id, sizeof id), OK);
    assert_int_equal(s->answer[1], 1);
    assert_int_equal(join_with(s, &i, &second), ERR_NOTFOUND);
    assert_int_equal(say_hello(s, &first, 1), ERR_REFUSED);
    assert_int_equal(say_hello(s, &other, 1), OK);
    assert_int_equal(s->k->registry->bulletin.version, version + 1);
    assert_true(bulletin_is_revoked(&s->k->registry->bulletin, first.keys->node));
    assert_int_equal(join_with(s, &i, &first), ERR_NOTFOUND);
    leave(&first);
    leave(&second);
    leave(&other);
}

static void a_revoked_node_cannot_come_back_with_its_old_keys(void **state)
{
    struct site *s = *state;
    struct invitation i;
    struct node n;

    join(s, "alice", ROLE_ORIGIN, &n);
    assert_int_equal(ask_admin(s, KH_REVOKE, n.keys->node.b, ID_LEN), OK);
    assert_int_equal(ask_admin(s, KH_REVOKE, n.keys->node.b, ID_LEN), ERR_EXISTS);
    assert_int_equal(invite(s, "alice", ROLE_ORIGIN, 1, &i), OK);
    assert_int_equal(join_with(s, &i, &n), ERR_REFUSED);
    leave(&n);
}

static void a_code_does_not_take_over_a_node_that_has_joined(void **state)
{
    struct site *s = *state;
    struct invitation i;
    struct node n;
    uint8_t certificate[CERTIFICATE_LEN], key[KEY_LEN];

    join(s, "alice", ROLE_ORIGIN | ROLE_DELIVER, &n);
    memcpy(certificate, n.certificate, CERTIFICATE_LEN);
    assert_int_equal(invite(s, "bob", ROLE_ORIGIN, 1, &i), OK);
    assert_int_equal(join_with(s, &i, &n), ERR_EXISTS);
    memcpy(key, n.keys->box_public, KEY_LEN);
    n.keys->box_public[0] ^= 1; /* and with a box key of the taker's */
    assert_int_equal(join_with(s, &i, &n), ERR_EXISTS);
    memcpy(n.keys->box_public, key, KEY_LEN);
    memcpy(n.certificate, certificate, CERTIFICATE_LEN);
    assert_int_equal(say_hello(s, &n, 1), OK);
    leave(&n);
}

static void the_device_scouts_keys_cannot_join_as_a_couriers(void **state)
{
    struct site *s = *state;
    struct invitation i;
    uint8_t body[2 * KEY_LEN];
    struct node n;

    new_node(&n);
    memcpy(body, n.keys->sign_public, KEY_LEN);
    memcpy(body + KEY_LEN, n.keys->box_public, KEY_LEN);
    assert_int_equal(ask_admin(s, KH_SCOUT_ADD, body, sizeof body), OK);
    assert_int_equal(ask_admin(s, KH_SCOUT_ADD, body, sizeof body), ERR_EXISTS);
    assert_int_equal(invite(s, "alice", ROLE_ORIGIN, 1, &i), OK);
    assert_int_equal(join_with(s, &i, &n), ERR_REFUSED);
    leave(&n);
}

static void codes_for_too_long_or_for_nobody_are_not_made(void **state)
{
    struct site *s = *state;
    static const struct {
        uint8_t roles;
        uint32_t hours, uses;
    } cases[] = {{ROLE_ORIGIN, 25, 1},     {ROLE_ORIGIN, 0, 1}, {ROLE_ORIGIN, 24, 0}, {ROLE_ORIGIN, 9000, 10},
                 {ROLE_ORIGIN, 24, 20001}, {0, 24, 1},          {8, 24, 1},           {ROLE_DEVICESCOUT, 24, 1}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t body[64];
        struct wbuf b = wbuf_of(body, sizeof body);

        assert_int_equal(wbuf_text16(&b, "alice"), OK);
        assert_int_equal(wbuf_u8(&b, cases[i].roles), OK);
        assert_int_equal(wbuf_u32(&b, cases[i].hours), OK);
        assert_int_equal(wbuf_u32(&b, cases[i].uses), OK);
        assert_int_not_equal(ask_admin(s, KH_INVITE, body, b.len), OK);
    }
    assert_int_equal(s->k->registry->codes_len, 0);
}

static void codes_end_when_the_table_is_full(void **state)
{
    struct site *s = *state;
    struct invitation i;

    s->k->registry->codes_len = REGISTRY_CODES_MAX; /* all open */
    for (size_t n = 0; n < REGISTRY_CODES_MAX; n++) {
        s->k->registry->codes[n].uses_left = 1;
        s->k->registry->codes[n].expires_unix_ms = UINT64_MAX;
    }
    assert_int_equal(invite(s, "alice", ROLE_ORIGIN, 1, &i), ERR_FULL);
    s->k->registry->codes[7].uses_left = 0; /* one that is used up makes room */
    assert_int_equal(invite(s, "alice", ROLE_ORIGIN, 1, &i), OK);
}

static void doors_are_those_of_open_codes(void **state)
{
    struct site *s = *state;
    struct invitation open, used;
    struct join_keys keys;
    struct node n;

    new_node(&n);
    assert_int_equal(invite(s, "alice", ROLE_ORIGIN, 1, &used), OK);
    assert_int_equal(invite(s, "", ROLE_ORIGIN, 3, &open), OK);
    assert_int_equal(join_with(s, &used, &n), OK);
    assert_int_equal(ask_scout(s, KH_DOORS, NULL, 0), OK);
    assert_int_equal(s->answer_len, 2 + DOOR_LEN + 8 + 4);
    assert_int_equal(join_derive(open.secret, open.site, &keys), OK);
    assert_memory_equal(s->answer + 2, keys.door, DOOR_LEN);
    leave(&n);
}

static void no_admin_operation_passes_the_scout_socket(void **state)
{
    struct site *s = *state;
    char *log;

    for (unsigned op = 0; op < 256; op++) {
        const int is_scouts = op >= KH_BULLETIN && op <= KH_PROFILE;
        const enum err e = ask_raw(s, SOCKET_SCOUT, (uint8_t)op, "", 0);

        if (op >= KH_PRINTER_ADD && op <= KH_SCOUT_ADD)
            assert_int_equal(e, ERR_REFUSED);
        else if (!is_scouts)
            assert_int_equal(e, ERR_UNSUPPORTED);
    }
    log = audit_text(s);
    assert_int_equal(count_lines(log, " why=wrong-socket"), 12);
    free(log);
}

static void every_operation_survives_every_length_of_nonsense(void **state)
{
    struct site *s = *state;
    uint8_t body[600];

    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (uint8_t)(i * 37);
    for (unsigned op = KH_BULLETIN; op <= KH_SCOUT_ADD; op++) {
        for (size_t len = 0; len < sizeof body; len += 1 + len / 16) {
            ask_raw(s, SOCKET_SCOUT, (uint8_t)op, body, len);
            if (op != KH_ROTATE) /* it takes no body, and would fill the epochs */
                ask_raw(s, SOCKET_ADMIN, (uint8_t)op, body, len);
        }
    }
    reopen(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_code_that_nobody_was_given_lets_nobody_in, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_request_with_a_wrong_mac_is_refused_and_uses_nothing_up, site_new, site_free),
        cmocka_unit_test_setup_teardown(one_use_is_one_node_but_the_same_node_may_ask_twice, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_code_that_expired_lets_nobody_in, site_new, site_free),
        cmocka_unit_test_setup_teardown(withdrawing_a_code_ends_it_and_revokes_who_came_by_it, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_revoked_node_cannot_come_back_with_its_old_keys, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_code_does_not_take_over_a_node_that_has_joined, site_new, site_free),
        cmocka_unit_test_setup_teardown(the_device_scouts_keys_cannot_join_as_a_couriers, site_new, site_free),
        cmocka_unit_test_setup_teardown(codes_for_too_long_or_for_nobody_are_not_made, site_new, site_free),
        cmocka_unit_test_setup_teardown(codes_end_when_the_table_is_full, site_new, site_free),
        cmocka_unit_test_setup_teardown(doors_are_those_of_open_codes, site_new, site_free),
        cmocka_unit_test_setup_teardown(no_admin_operation_passes_the_scout_socket, site_new, site_free),
        cmocka_unit_test_setup_teardown(every_operation_survives_every_length_of_nonsense, site_new, site_free),
    };
    return cmocka_run_group_tests(tests, site_make, site_unmake);
}
