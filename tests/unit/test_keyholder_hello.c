/* SPDX-License-Identifier: Apache-2.0 */
/* Who may say hello, what a played-back hello does, and what a description tells. */
#include "devicescout/keyholder/hellos.h"

#include "tests/unit/keyholder_fixture.h"

static void assert_same(const struct hello_seen *a, const struct hello_seen *b)
{
    assert_memory_equal(a->hello_public, b->hello_public, KEY_LEN);
    assert_int_equal(a->boot_ms, b->boot_ms);
    assert_int_equal(a->came_boot_ms, b->came_boot_ms);
    assert_int_equal(a->serial, b->serial);
}

/* The device scout signs a hello with keys of its own: with its certificate, or with one that it made up. */
static void the_device_scouts_own_keys_say_no_hello(void **state)
{
    struct site *s = *state;
    struct node scout, forged;
    struct certificate c = {.site = s->k->site, .roles = ROLE_DEVICESCOUT, .serial = 1};
    struct wbuf b;
    uint8_t body[2 * KEY_LEN], bytes[HELLO_LEN];

    memset(&scout, 0, sizeof scout);
    assert_int_equal(node_keys_new(&scout.keys), OK);
    memcpy(body, scout.keys->sign_public, KEY_LEN);
    memcpy(body + KEY_LEN, scout.keys->box_public, KEY_LEN);
    assert_int_equal(ask_admin(s, KH_SCOUT_ADD, body, sizeof body), OK);
    memcpy(scout.certificate, s->answer, CERTIFICATE_LEN);
    assert_int_equal(say_hello(s, &scout, 1), ERR_REFUSED);

    forged = scout;
    memcpy(c.sign_public, scout.keys->sign_public, KEY_LEN);
    memcpy(c.box_public, scout.keys->box_public, KEY_LEN);
    c.roles = ROLE_ORIGIN | ROLE_DELIVER;
    b = wbuf_of(forged.certificate, CERTIFICATE_LEN);
    assert_int_equal(certificate_write(&c, &b), OK);
    assert_int_equal(RECORD_SIGN(&b, LABEL_CERTIFICATE, scout.keys->sign_secret), OK);
    (void)write_hello(&forged, 1, 1, bytes);
    assert_int_equal(ask_scout(s, KH_HELLO, bytes, sizeof bytes), ERR_AUTH);
    leave(&scout);
}

static void a_node_of_another_site_is_refused(void **state)
{
    struct site *s = *state;
    struct node stranger;
    uint8_t seed[KEY_LEN] = {9}, other_public[KEY_LEN], other_secret[SIGN_SECRET_LEN], bytes[HELLO_LEN];
    struct certificate c = {.roles = ROLE_ORIGIN, .serial = 1};
    struct wbuf b;

    memset(&stranger, 0, sizeof stranger);
    assert_int_equal(node_keys_new(&stranger.keys), OK);
    assert_int_equal(sign_pair(seed, other_public, other_secret), OK);
    c.site = verify_key_id(other_public);
    memcpy(c.sign_public, stranger.keys->sign_public, KEY_LEN);
    memcpy(c.box_public, stranger.keys->box_public, KEY_LEN);
    b = wbuf_of(stranger.certificate, CERTIFICATE_LEN);
    assert_int_equal(certificate_write(&c, &b), OK);
    assert_int_equal(RECORD_SIGN(&b, LABEL_CERTIFICATE, other_secret), OK);
    (void)write_hello(&stranger, 1, 1, bytes);
    assert_int_equal(ask_scout(s, KH_HELLO, bytes, sizeof bytes), ERR_AUTH);
    leave(&stranger);
}

static void a_revoked_node_says_hello_in_vain(void **state)
{
    struct site *s = *state;
    struct node n;

    workstation(s, "alice", ROLE_ORIGIN, &n);
    assert_int_equal(ask_admin(s, KH_REVOKE, n.keys->node.b, ID_LEN), OK);
    assert_int_equal(say_hello(s, &n, 2000), ERR_REFUSED);
    leave(&n);
}

static void an_earlier_hello_played_back_is_stale(void **state)
{
    struct site *s = *state;
    struct node n;
    uint8_t first[HELLO_LEN];
    struct hello_seen before, after;

    join(s, "alice", ROLE_ORIGIN, &n);
    (void)write_hello(&n, 1, 1000, first);
    assert_int_equal(ask_scout(s, KH_HELLO, first, sizeof first), OK);
    assert_int_equal(say_hello(s, &n, 2000), OK);
    assert_int_equal(hellos_find(s->k->hellos, n.keys->node, clock_boot_ms(), &before), OK);
    assert_int_equal(ask_scout(s, KH_HELLO, first, sizeof first), ERR_STALE);
    assert_int_equal(hellos_find(s->k->hellos, n.keys->node, clock_boot_ms(), &after), OK);
    assert_same(&before, &after);
    leave(&n);
}

/* Else it could be shown again just before a grant, and the deadline would be as late as one liked. */
static void the_same_hello_again_keeps_the_time_at_which_it_came(void **state)
{
    struct hellos *h = NULL;
    struct hello hello = {.boot_ms = 500};
    struct hello_seen seen;
    struct site *s = *state;

    hello.certificate.node.b[0] = 1;
    hello.hello_public[0] = 1;
    assert_int_equal(hellos_new(s->k->dirfd, &h), OK);
    assert_int_equal(hellos_take(h, &hello, 10000), OK);
    assert_int_equal(hellos_take(h, &hello, 90000), OK);
    assert_int_equal(hellos_find(h, hello.certificate.node, 95000, &seen), OK);
    assert_int_equal(hello_deadline(&seen, 95000), 500 + 85000 + ORDER_START_MS);
    hellos_free(h);
}

static void a_courier_whose_machine_was_restarted_is_heard(void **state)
{
    struct site *s = *state;
    struct node n;

    join(s, "alice", ROLE_ORIGIN, &n);
    assert_int_equal(say_hello(s, &n, 99999999), OK);
    assert_int_equal(say_hello(s, &n, 5), OK);
    leave(&n);
}

static void a_restarted_keyholder_remembers_hellos(void **state)
{
    struct site *s = *state;
    struct node n, m;
    struct hello_seen before, after;
    uint8_t first[HELLO_LEN];

    workstation(s, "bob", ROLE_ORIGIN, &m);
    join(s, "alice", ROLE_ORIGIN, &n);
    (void)write_hello(&n, 1, 1000, first);
    assert_int_equal(ask_scout(s, KH_HELLO, first, sizeof first), OK);
    assert_int_equal(say_hello(s, &n, 2000), OK);
    assert_int_equal(hellos_find(s->k->hellos, n.keys->node, clock_boot_ms(), &before), OK);
    reopen(s);
    assert_int_equal(hellos_find(s->k->hellos, n.keys->node, clock_boot_ms(), &after), OK);
    assert_same(&before, &after);
    assert_int_equal(ask_scout(s, KH_HELLO, first, sizeof first), ERR_STALE);
    leave(&n);
    leave(&m);
}

static void hellos_of_before_a_reboot_are_forgotten(void **state)
{
    struct site *s = *state;
    struct node n;
    struct hello_seen seen;
    int fd;

    workstation(s, "alice", ROLE_ORIGIN, &n);
    assert_true((fd = openat(s->k->dirfd, HELLOS_FILE, O_WRONLY | O_CLOEXEC)) >= 0);
    assert_int_equal(pwrite(fd, "another boot", 12, 0), 12);
    close(fd);
    reopen(s);
    assert_int_equal(hellos_find(s->k->hellos, n.keys->node, clock_boot_ms(), &seen), ERR_STALE);
    leave(&n);
}

static void any_byte_of_a_hello_changed_is_refused(void **state)
{
    struct site *s = *state;
    struct node n;
    uint8_t bytes[HELLO_LEN];

    join(s, "alice", ROLE_ORIGIN, &n);
    (void)write_hello(&n, 1, 1000, bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] ^= 0x40;
        assert_int_not_equal(ask_scout(s, KH_HELLO, bytes, sizeof bytes), OK);
        bytes[i] ^= 0x40;
    }
    assert_int_equal(ask_scout(s, KH_HELLO, bytes, sizeof bytes), OK);
    leave(&n);
}

static void a_closed_jobs_description_is_not_opened(void **state)
{
    struct site *s = *state;
    struct node n;
    struct sealed job;

    workstation(s, "alice", ROLE_ORIGIN, &n);
    seal_job_of(s, &n, "alice", &job);
    assert_int_equal(ask_scout(s, KH_DESCRIBE, job.description, job.len), OK);
    assert_int_equal(close_job(s, job.job, CLOSED_EXPIRED), OK);
    assert_int_equal(ask_scout(s, KH_DESCRIBE, job.description, job.len), ERR_REPLAY);
    leave(&n);
}

static void a_description_tells_owner_and_ticket_and_no_key(void **state)
{
    struct site *s = *state;
    struct node n;
    struct sealed job;
    struct rbuf b;
    uint32_t number;
    const uint8_t *prefix;
    uint64_t len;
    char owner[PERSON_SIZE];

    workstation(s, "alice", ROLE_ORIGIN, &n);
    seal_job_of(s, &n, "alice", &job);
    assert_int_equal(ask_scout(s, KH_DESCRIBE, job.description, job.len), OK);
    b = rbuf_of(s->answer, s->answer_len);
    assert_int_equal(rbuf_u32(&b, &number), OK);
    assert_int_equal(number, 1);
    assert_int_equal(rbuf_take(&b, CHUNKED_PREFIX_LEN, &prefix), OK);
    assert_int_equal(rbuf_u64(&b, &len), OK);
    assert_int_equal(len, CHUNKED_PREFIX_LEN + 5 + CHUNK_TAG_LEN);
    assert_int_equal(rbuf_text16(&b, owner, sizeof owner), OK);
    assert_string_equal(owner, "alice");
    assert_int_equal(b.left, 20);
    assert_memory_equal(b.at, "{\"title\":\"a letter\"}", 20);
    leave(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_device_scouts_own_keys_say_no_hello, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_node_of_another_site_is_refused, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_revoked_node_says_hello_in_vain, site_new, site_free),
        cmocka_unit_test_setup_teardown(an_earlier_hello_played_back_is_stale, site_new, site_free),
        cmocka_unit_test_setup_teardown(the_same_hello_again_keeps_the_time_at_which_it_came, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_courier_whose_machine_was_restarted_is_heard, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_restarted_keyholder_remembers_hellos, site_new, site_free),
        cmocka_unit_test_setup_teardown(hellos_of_before_a_reboot_are_forgotten, site_new, site_free),
        cmocka_unit_test_setup_teardown(any_byte_of_a_hello_changed_is_refused, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_closed_jobs_description_is_not_opened, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_description_tells_owner_and_ticket_and_no_key, site_new, site_free),
    };
    return cmocka_run_group_tests(tests, site_make, site_unmake);
}
