/* SPDX-License-Identifier: Apache-2.0 */
/* Who may release for whom: every way in which nobody may, then the one in which somebody may, and for how long. */
#include "devicescout/keyholder/delegations.h"

#include "base/file.h"
#include "crypto/derive.h"
#include "tests/unit/keyholder_fixture.h"

#define DAY_MS   (UINT64_C(24) * 60 * 60 * 1000)
#define PASSWORD BY_PASSWORD

struct scene {
    struct site *s;
    struct node alice;
    struct sealed job;
    struct grant g; /* bob asks for alice's job */
};

static void scene_new(struct scene *c, struct site *s)
{
    memset(c, 0, sizeof *c);
    c->s = s;
    workstation(s, "alice", ROLE_ORIGIN, &c->alice);
    seal_job_of(s, &c->alice, "alice", &c->job);
    c->g = good_grant(s, &c->alice, &c->job, "alice");
    strcpy(c->g.person, "bob");
}

static enum err delegate(struct site *s, const char *from, const char *to, uint64_t until_unix_ms, uint8_t by)
{
    uint8_t body[600];
    struct wbuf b = wbuf_of(body, sizeof body);

    assert_int_equal(wbuf_text16(&b, from), OK);
    assert_int_equal(wbuf_text16(&b, to), OK);
    assert_int_equal(wbuf_u64(&b, until_unix_ms), OK);
    assert_int_equal(wbuf_u8(&b, by), OK);
    return ask_scout(s, KH_DELEGATE, body, b.len);
}

static struct id delegated(struct site *s, const char *from, const char *to)
{
    struct id id;

    assert_int_equal(delegate(s, from, to, clock_unix_ms() + DAY_MS, PASSWORD), OK);
    assert_int_equal(s->answer_len, ID_LEN);
    memcpy(id.b, s->answer, ID_LEN);
    return id;
}

static enum err undelegate(struct site *s, enum ask_socket socket, struct id id, const char *person)
{
    uint8_t body[300];
    struct wbuf b = wbuf_of(body, sizeof body);

    assert_int_equal(wbuf_id(&b, id), OK);
    assert_int_equal(wbuf_text16(&b, person), OK);
    return ask_raw(s, socket, KH_UNDELEGATE, body, b.len);
}

static void expect_audit(struct site *s, const char *part, size_t times)
{
    char *log = audit_text(s);

    if (count_lines(log, part) != times)
        fail_msg("'%s' is in the audit log %zu times", part, count_lines(log, part));
    free(log);
}

static void without_a_delegation_nobody_releases_for_another(void **state)
{
    struct scene c;

    scene_new(&c, *state);
    assert_int_equal(ask_grant(c.s, &c.g), ERR_REFUSED);
    expect_audit(c.s, "why=not-delegated", 1);
    delegated(c.s, "bob", "alice");   /* the other way round */
    delegated(c.s, "alice", "carol"); /* somebody else */
    delegated(c.s, "carol", "bob");   /* and they are not passed on */
    assert_int_equal(ask_grant(c.s, &c.g), ERR_REFUSED);
    leave(&c.alice);
}

static void a_delegate_cannot_make_the_job_somebody_elses(void **state)
{
    struct scene c;
    struct grant g;

    scene_new(&c, *state);
    delegated(c.s, "alice", "bob");
    g = c.g;
    strcpy(g.whose, "bob"); /* as if alice's job on alice's computer were bob's */
    assert_int_equal(ask_grant(c.s, &g), ERR_REFUSED);
    g.whose[0] = '\0';
    assert_int_equal(ask_grant(c.s, &g), ERR_FORMAT);
    g = c.g;
    strcpy(g.owner, "bob");
    assert_int_equal(ask_grant(c.s, &g), ERR_REFUSED);
    leave(&c.alice);
}

static void what_may_not_be_delegated_is_refused(void **state)
{
    struct site *s = *state;
    const uint64_t now = clock_unix_ms();

    assert_int_equal(delegate(s, "alice", "alice", now + DAY_MS, PASSWORD), ERR_EXISTS);
    assert_int_equal(delegate(s, "alice", "bob", now - 1, PASSWORD), ERR_EXPIRED);
    assert_int_equal(delegate(s, "alice", "bob", 0, PASSWORD), ERR_EXPIRED);
    assert_int_equal(delegate(s, "alice", "bob", now + 31 * DAY_MS + 60000, PASSWORD), ERR_EXPIRED);
    assert_int_equal(delegate(s, "alice", "bob", UINT64_MAX, PASSWORD), ERR_EXPIRED);
    for (uint8_t by = 0; by < 8; by++) {
        if (by != PASSWORD)
            assert_int_equal(delegate(s, "alice", "bob", now + DAY_MS, by), ERR_AUTH);
    }
    assert_int_equal(delegate(s, "", "bob", now + DAY_MS, PASSWORD), ERR_FORMAT);
    assert_int_equal(delegate(s, "alice", "", now + DAY_MS, PASSWORD), ERR_FORMAT);
    assert_int_equal(ask_scout(s, KH_DELEGATE, "x", 1), ERR_FORMAT);
    assert_int_equal(ask_admin(s, KH_DELEGATE, "x", 1), ERR_REFUSED);
    assert_int_equal(delegations_count(s->k->delegations), 0);
    s->k->delegation_days = 0;
    assert_int_equal(delegate(s, "alice", "bob", now + DAY_MS, PASSWORD), ERR_UNSUPPORTED);
    expect_audit(s, " delegate delegation=", 0);
}

static void a_delegate_releases_once_and_both_names_are_in_the_log(void **state)
{
    struct scene c;
    struct order o;
    char id[ID_HEX_SIZE], part[200];

    scene_new(&c, *state);
    id_text(delegated(c.s, "alice", "bob"), id);
    assert_int_equal(ask_grant(c.s, &c.g), OK);
    read_order(c.s, &o);
    assert_string_equal(o.person, "bob");
    assert_int_equal(ask_grant(c.s, &c.g), ERR_STATE); /* twice */
    strcpy(c.g.person, "alice");
    assert_int_equal(ask_grant(c.s, &c.g), ERR_STATE); /* nor the owner, meanwhile */
    snprintf(part, sizeof part, "owner=alice whose=alice person=bob delegation=%s", id);
    expect_audit(c.s, part, 1);
    snprintf(part, sizeof part, " delegate delegation=%s from=alice to=bob until_unix_ms=", id);
    expect_audit(c.s, part, 1);
    leave(&c.alice);
}

static void it_ends_by_the_keyholders_own_clock(void **state)
{
    struct scene c;
    struct delegation past = {.from = "alice", .to = "bob", .since_unix_ms = 1, .until_unix_ms = 2};
    const uint64_t now = clock_unix_ms();
    struct id id;

    scene_new(&c, *state);
    delegated(c.s, "alice", "bob");
    assert_non_null(delegations_find(c.s->k->delegations, "alice", "bob", now + DAY_MS - 60000));
    assert_null(delegations_find(c.s->k->delegations, "alice", "bob", now + DAY_MS + 60000));
    assert_int_equal(delegations_put(c.s->k->delegations, &past, now, &id), OK);
    assert_int_equal(ask_grant(c.s, &c.g), ERR_REFUSED);
    leave(&c.alice);
}

static void ended_it_is_over_at_once_and_stays_so_over_a_restart(void **state)
{
    struct scene c;
    struct id id;

    scene_new(&c, *state);
    id = delegated(c.s, "alice", "bob");
    reopen(c.s);
    assert_non_null(delegations_find(c.s->k->delegations, "alice", "bob", clock_unix_ms()));
    assert_int_equal(undelegate(c.s, SOCKET_SCOUT, id, "carol"), ERR_NOTFOUND);
    assert_int_equal(undelegate(c.s, SOCKET_SCOUT, id, "alice"), OK);
    assert_int_equal(ask_grant(c.s, &c.g), ERR_REFUSED);
    reopen(c.s);
    assert_int_equal(ask_grant(c.s, &c.g), ERR_REFUSED);
    assert_int_equal(undelegate(c.s, SOCKET_SCOUT, id, "alice"), ERR_NOTFOUND);
    expect_audit(c.s, "by=from", 1);
    leave(&c.alice);
}

static void who_has_it_may_give_it_back_and_an_administrator_may_end_any(void **state)
{
    struct site *s = *state;

    assert_int_equal(undelegate(s, SOCKET_SCOUT, delegated(s, "alice", "bob"), "bob"), OK);
    expect_audit(s, "by=to", 1);
    assert_int_equal(undelegate(s, SOCKET_ADMIN, delegated(s, "alice", "bob"), ""), OK);
    expect_audit(s, "by=admin", 1);
    assert_int_equal(delegations_count(s->k->delegations), 0);
}

static void named_again_it_has_another_end_and_the_same_id(void **state)
{
    struct site *s = *state;
    struct id first = delegated(s, "alice", "bob"), again;

    assert_int_equal(delegate(s, "alice", "bob", clock_unix_ms() + 9 * DAY_MS, PASSWORD), OK);
    memcpy(again.b, s->answer, ID_LEN);
    assert_true(id_equal(first, again));
    assert_int_equal(delegations_count(s->k->delegations), 1);
    assert_non_null(delegations_find(s->k->delegations, "alice", "bob", clock_unix_ms() + 8 * DAY_MS));
}

static void a_person_gives_sixteen_and_has_sixty_four(void **state)
{
    struct site *s = *state;
    char name[32];

    for (int i = 0; i <= DELEGATIONS_GIVEN_MAX; i++) {
        snprintf(name, sizeof name, "to-%d", i);
        assert_int_equal(delegate(s, "alice", name, clock_unix_ms() + DAY_MS, PASSWORD),
                         i < DELEGATIONS_GIVEN_MAX ? OK : ERR_FULL);
    }
    for (int i = 0; i <= DELEGATIONS_HELD_MAX; i++) {
        snprintf(name, sizeof name, "from-%d", i);
        assert_int_equal(delegate(s, name, "bob", clock_unix_ms() + DAY_MS, PASSWORD),
                         i < DELEGATIONS_HELD_MAX ? OK : ERR_FULL);
    }
    expect_audit(s, " delegate delegation=", DELEGATIONS_GIVEN_MAX + DELEGATIONS_HELD_MAX);
}

static void a_flood_of_changes_is_stopped(void **state)
{
    struct site *s = *state;
    size_t done = 0;

    for (size_t i = 0; i < KEEPER_DELEGATIONS_MINUTE + 50; i++)
        done += delegate(s, "alice", "bob", clock_unix_ms() + DAY_MS, PASSWORD) == OK;
    assert_int_equal(done, KEEPER_DELEGATIONS_MINUTE);
}

/* As the file would be after years: the list is looked through at each release for another. */
static void ten_thousand_are_kept_and_found(void **state)
{
    struct site *s = *state;
    struct delegation *list = calloc(10000, sizeof *list);
    const uint64_t now = clock_unix_ms();
    uint8_t *file = malloc(2000000), check[32];
    struct wbuf b = wbuf_of(file, 2000000);

    assert_non_null(list);
    assert_int_equal(wbuf_u8(&b, 1), OK);
    assert_int_equal(wbuf_u32(&b, 10000), OK);
    for (size_t i = 0; i < 10000; i++) {
        secret_random(list[i].id.b, ID_LEN);
        snprintf(list[i].from, PERSON_SIZE, "from-%zu", i);
        snprintf(list[i].to, PERSON_SIZE, "to-%zu", i % 1000);
        list[i].until_unix_ms = now + DAY_MS;
        assert_int_equal(delegation_write(&list[i], &b), OK);
    }
    assert_int_equal(derive_sha256(&(struct piece){file, b.len}, 1, check), OK);
    assert_int_equal(wbuf_copy(&b, check, sizeof check), OK);
    assert_int_equal(file_replace(s->k->dirfd, DELEGATIONS_FILE, file, b.len, 0600), OK);
    reopen(s);
    assert_int_equal(delegations_count(s->k->delegations), 10000);
    for (size_t i = 0; i < 10000; i += 97)
        assert_non_null(delegations_find(s->k->delegations, list[i].from, list[i].to, now));
    assert_null(delegations_find(s->k->delegations, "from-1", "to-2", now));
    delegated(s, "alice", "bob");
    assert_int_equal(delegations_count(s->k->delegations), 10001);
    free(list);
    free(file);
}

static void in_a_damaged_file_nobody_may_do_anything(void **state)
{
    struct scene c;
    uint8_t *bytes = NULL;
    size_t len;

    scene_new(&c, *state);
    delegated(c.s, "alice", "bob");
    assert_int_equal(file_read(c.s->k->dirfd, DELEGATIONS_FILE, 100000, &bytes, &len), OK);
    for (size_t at = 0; at < len; at++) {
        bytes[at] ^= 1;
        assert_int_equal(file_replace(c.s->k->dirfd, DELEGATIONS_FILE, bytes, len, 0600), OK);
        bytes[at] ^= 1;
        reopen(c.s);
        assert_int_equal(delegations_count(c.s->k->delegations), 0);
        at += at > 8 ? 13 : 0;
    }
    assert_int_equal(ask_grant(c.s, &c.g), ERR_REFUSED);
    assert_int_equal(file_replace(c.s->k->dirfd, DELEGATIONS_FILE, bytes, len, 0600), OK);
    reopen(c.s);
    assert_int_equal(delegations_count(c.s->k->delegations), 1);
    free(bytes);
    leave(&c.alice);
}

static void a_person_is_told_theirs_and_nobody_elses(void **state)
{
    struct site *s = *state;
    uint8_t body[64];
    struct wbuf w = wbuf_of(body, sizeof body);
    struct delegation d;
    struct rbuf b;
    uint32_t days;
    uint16_t count;

    delegated(s, "alice", "bob");
    delegated(s, "carol", "alice");
    delegated(s, "carol", "bob");
    assert_int_equal(wbuf_text16(&w, "alice"), OK);
    assert_int_equal(ask_scout(s, KH_DELEGATIONS, body, w.len), OK);
    b = rbuf_of(s->answer, s->answer_len);
    assert_int_equal(rbuf_u32(&b, &days), OK);
    assert_int_equal(rbuf_u16(&b, &count), OK);
    assert_int_equal(days, 31);
    assert_int_equal(count, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(delegation_read(&b, &d), OK);
        assert_true(strcmp(d.from, "alice") == 0 || strcmp(d.to, "alice") == 0);
    }
    assert_int_equal(rbuf_end(&b), OK);
}

/* On a shared node devicescout says which person an account is; that it is somebody else's still has to be delegated.
 */
static void on_a_shared_node_the_person_is_checked_and_the_account_must_match(void **state)
{
    struct site *s = *state;
    struct node shared;
    struct sealed job;
    struct grant g;

    workstation(s, "", ROLE_ORIGIN, &shared);
    seal_job_of(s, &shared, "uid-1000", &job);
    g = good_grant(s, &shared, &job, "uid-1000");
    strcpy(g.whose, "alice");
    strcpy(g.person, "bob");
    assert_int_equal(ask_grant(s, &g), ERR_REFUSED);
    delegated(s, "alice", "bob");
    assert_int_equal(ask_grant(s, &g), OK);
    leave(&shared);
}

int main(void)
{
#define SITE_TEST(name) cmocka_unit_test_setup_teardown(name, site_new, site_free)
    const struct CMUnitTest tests[] = {
        SITE_TEST(without_a_delegation_nobody_releases_for_another),
        SITE_TEST(a_delegate_cannot_make_the_job_somebody_elses),
        SITE_TEST(what_may_not_be_delegated_is_refused),
        SITE_TEST(a_delegate_releases_once_and_both_names_are_in_the_log),
        SITE_TEST(it_ends_by_the_keyholders_own_clock),
        SITE_TEST(ended_it_is_over_at_once_and_stays_so_over_a_restart),
        SITE_TEST(who_has_it_may_give_it_back_and_an_administrator_may_end_any),
        SITE_TEST(named_again_it_has_another_end_and_the_same_id),
        SITE_TEST(a_person_gives_sixteen_and_has_sixty_four),
        SITE_TEST(a_flood_of_changes_is_stopped),
        SITE_TEST(ten_thousand_are_kept_and_found),
        SITE_TEST(in_a_damaged_file_nobody_may_do_anything),
        SITE_TEST(a_person_is_told_theirs_and_nobody_elses),
        SITE_TEST(on_a_shared_node_the_person_is_checked_and_the_account_must_match),
    };

    return cmocka_run_group_tests(tests, site_make, site_unmake);
}
