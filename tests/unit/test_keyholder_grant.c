/* SPDX-License-Identifier: Apache-2.0 */
/* Every reason for which the keyholder does not release a job, then the one way in which it does. */
#include "devicescout/keyholder/ask.h"

#include "crypto/unwrap.h"
#include "devicescout/keyholder/calendar.h"
#include "tests/unit/keyholder_fixture.h"

struct scene {
    struct site *s;
    struct node alice, bob, courier;
    struct sealed job;
    struct grant g; /* right in every field, until a case spoils it */
};

static void scene_new(struct scene *c, struct site *s)
{
    memset(c, 0, sizeof *c);
    c->s = s;
    workstation(s, "alice", ROLE_ORIGIN, &c->alice);
    workstation(s, "bob", ROLE_ORIGIN, &c->bob);
    workstation(s, "", ROLE_ORIGIN | ROLE_DELIVER, &c->courier);
    seal_job_of(s, &c->alice, "alice", &c->job);
    c->g = good_grant(s, &c->alice, &c->job, "alice");
}

static void scene_end(struct scene *c)
{
    leave(&c->alice);
    leave(&c->bob);
    leave(&c->courier);
}

static struct id another_id(void)
{
    struct id id;

    secret_random(id.b, ID_LEN);
    return id;
}

static void revoke_node(struct site *s, const struct node *n)
{
    assert_int_equal(ask_admin(s, KH_REVOKE, n->keys->node.b, ID_LEN), OK);
}

static void spoil_owner(struct scene *c)
{
    strcpy(c->g.owner, "bob");
}
static void spoil_person(struct scene *c)
{
    strcpy(c->g.person, "bob");
}
static void spoil_whose(struct scene *c)
{
    strcpy(c->g.whose, "bob");
}
static void whose_and_person_are_somebody_else(struct scene *c)
{
    strcpy(c->g.whose, "bob");
    strcpy(c->g.person, "bob");
}
static void keep_where_policy_forbids_it(struct scene *c)
{
    c->g.keep = 1;
}
static void keep_neither_yes_nor_no(struct scene *c)
{
    set_policy(c->s, 48 * 3600, POLICY_RAW_ALLOWED | POLICY_KEEP_ALLOWED);
    c->g.keep = 2;
}
static void spoil_owner_and_person(struct scene *c)
{
    strcpy(c->g.owner, "bob");
    strcpy(c->g.person, "bob");
}
static void planted_on_another_node(struct scene *c)
{
    seal_job_of(c->s, &c->bob, "alice", &c->job);
    c->g = good_grant(c->s, &c->bob, &c->job, "alice");
}
static void spoil_printer(struct scene *c)
{
    c->g.printer = another_id();
}
static void raw_printer_that_policy_forbids(struct scene *c)
{
    set_policy(c->s, 48 * 3600, 0);
    c->g.printer = c->s->mono;
}
static void recipient_nobody_knows(struct scene *c)
{
    c->g.recipient = another_id();
}
static void recipient_is_the_device_scout(struct scene *c)
{
    c->g.recipient = c->s->k->registry->bulletin.scouts[0].node;
}
static void recipient_is_somebody_elses_workstation(struct scene *c)
{
    c->g.recipient = c->bob.keys->node;
    c->g.source = SOURCE_BLOB;
    c->g.blob = another_id();
}
static void courier_without_the_file(struct scene *c)
{
    c->g.recipient = c->courier.keys->node;
}
static void recipient_revoked(struct scene *c)
{
    revoke_node(c->s, &c->courier);
    c->g.recipient = c->courier.keys->node;
    c->g.source = SOURCE_BLOB;
    c->g.blob = another_id();
}
static void origin_revoked(struct scene *c)
{
    revoke_node(c->s, &c->alice);
    c->g.recipient = c->courier.keys->node;
    c->g.source = SOURCE_BLOB;
    c->g.blob = another_id();
}
static void origin_unknown(struct scene *c)
{
    seal_job_for(c->s, c->s->k->site, another_id(), "alice", &c->job);
    c->g.description_len = c->job.len;
}
static void other_sites_job(struct scene *c)
{
    seal_job_for(c->s, another_id(), c->alice.keys->node, "alice", &c->job);
    c->g.description_len = c->job.len;
}
static void job_closed(struct scene *c)
{
    assert_int_equal(close_job(c->s, c->job.job, CLOSED_CANCELED), OK);
}
static void job_printed_already(struct scene *c)
{
    struct order o;
    struct report r;

    assert_int_equal(ask_grant(c->s, &c->g), OK);
    read_order(c->s, &o);
    r = report_on(&o, JOB_DELIVERED, REASON_NONE);
    assert_int_equal(tell(c->s, &r, &c->alice), OK);
}
static void an_order_is_open(struct scene *c)
{
    assert_int_equal(ask_grant(c->s, &c->g), OK);
}
static void hello_never_said(struct scene *c)
{
    hellos_free(c->s->k->hellos);
    assert_int_equal(unlinkat(c->s->k->dirfd, HELLOS_FILE, 0), 0);
    assert_int_equal(hellos_new(c->s->k->dirfd, &c->s->k->hellos), OK);
}
static void hello_from_hours_ago(struct scene *c)
{
    struct hello h = {.boot_ms = 99};

    h.certificate.node = c->alice.keys->node;
    h.certificate.serial = 1;
    h.hello_public[0] = 1;
    assert_int_equal(hellos_take(c->s->k->hellos, &h, clock_boot_ms() - HELLO_FRESH_MS - 1), OK);
}
static void hello_with_a_certificate_of_before(struct scene *c)
{
    registry_node(c->s->k->registry, c->alice.keys->node)->serial = 2;
}
static void epoch_destroyed(struct scene *c)
{
    const struct bulletin *b = &c->s->k->registry->bulletin;

    assert_int_equal(epochs_destroy(c->s->k->epochs, b->epochs[0].number), OK);
}
static void description_changed(struct scene *c)
{
    c->job.description[c->job.len - 1] ^= 1;
}
static void wrapped_key_changed(struct scene *c)
{
    c->job.description[HEADER_LEN - 1] ^= 1;
}
static void description_cut(struct scene *c)
{
    c->g.description_len = HEADER_LEN - 1;
}
static void nobody_asks(struct scene *c)
{
    c->g.person[0] = '\0';
}
static void unknown_authentication(struct scene *c)
{
    c->g.authentication = 99;
}
static void no_such_source(struct scene *c)
{
    c->g.source = 2;
}
static void blob_without_an_id(struct scene *c)
{
    c->g.source = SOURCE_BLOB;
}
static void the_log_cannot_be_written(struct scene *c)
{
    /* A descriptor that takes nothing: what a full or broken disk looks like. */
    const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

    assert_true(full >= 0);
    for (int fd = 3; fd < 64; fd++) {
        char link[64], target[256];
        ssize_t n;

        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        n = readlink(link, target, sizeof target - 1);
        target[n > 0 ? n : 0] = '\0';
        if (strstr(target, "/audit/") != NULL)
            assert_int_equal(dup2(full, fd), fd);
    }
    close(full);
    (void)c;
}

static const struct {
    const char *what;
    void (*spoil)(struct scene *c);
    enum err expected;
    const char *slug; /* in the audit line */
} cases[] = {
    {"another owner than the job's", spoil_owner, ERR_REFUSED, "owner-differs"},
    {"another person than the job's", spoil_person, ERR_REFUSED, "not-delegated"},
    {"the job given to another person", spoil_whose, ERR_REFUSED, "person-differs"},
    {"another person than the workstation's", whose_and_person_are_somebody_else, ERR_REFUSED, "person-differs"},
    {"a job to be kept where policy forbids it", keep_where_policy_forbids_it, ERR_REFUSED, "keep-not-allowed"},
    {"a job to be kept or not", keep_neither_yes_nor_no, ERR_FORMAT, "keep-neither"},
    {"both are somebody else", spoil_owner_and_person, ERR_REFUSED, "owner-differs"},
    {"a job with alice's name from bob's workstation", planted_on_another_node, ERR_REFUSED, "person-differs"},
    {"a printer that is not registered", spoil_printer, ERR_NOTFOUND, "printer-unknown"},
    {"a raw printer where policy forbids it", raw_printer_that_policy_forbids, ERR_REFUSED, "raw-not-allowed"},
    {"a recipient that nobody knows", recipient_nobody_knows, ERR_NOTFOUND, "recipient-unknown"},
    {"the device scout's own keys as recipient", recipient_is_the_device_scout, ERR_NOTFOUND, "recipient-unknown"},
    {"another workstation as recipient", recipient_is_somebody_elses_workstation, ERR_REFUSED, "recipient-may-not"},
    {"a courier that has not got the file", courier_without_the_file, ERR_REFUSED, "not-in-its-spool"},
    {"a revoked recipient", recipient_revoked, ERR_REFUSED, "recipient-revoked"},
    {"a revoked origin", origin_revoked, ERR_REFUSED, "origin-revoked"},
    {"an origin that nobody knows", origin_unknown, ERR_NOTFOUND, "origin-unknown"},
    {"another site's job", other_sites_job, ERR_REFUSED, "other-site"},
    {"a closed job", job_closed, ERR_REPLAY, "job-closed"},
    {"a printed job", job_printed_already, ERR_REPLAY, "job-closed"},
    {"a job with an open order", an_order_is_open, ERR_STATE, "order-open"},
    {"no hello since the machine started", hello_never_said, ERR_STALE, "no-hello"},
    {"a hello from hours ago", hello_from_hours_ago, ERR_STALE, "no-hello"},
    {"a hello with an older certificate", hello_with_a_certificate_of_before, ERR_STALE, "certificate-old"},
    {"an epoch whose key is destroyed", epoch_destroyed, ERR_EXPIRED, "epoch-gone"},
    {"a changed description", description_changed, ERR_AUTH, "description-does-not-open"},
    {"a changed wrapped key", wrapped_key_changed, ERR_AUTH, "key-does-not-open"},
    {"a description cut short", description_cut, ERR_FORMAT, "no-header"},
    {"nobody asks", nobody_asks, ERR_FORMAT, "nobody-asks"},
    {"an unknown way to authenticate", unknown_authentication, ERR_FORMAT, "nobody-asks"},
    {"an unknown source", no_such_source, ERR_FORMAT, "no-source"},
    {"a blob without an id", blob_without_an_id, ERR_FORMAT, "no-source"},
};

/* The refused answer is one sentence: too short for an order, a key or a signature. */
static void no_key_and_no_signature(const struct site *s)
{
    assert_true(s->answer_len < 2 + 120);
    assert_true(strlen(s->why) > 10);
    assert_int_equal(s->answer_len, 2 + strlen(s->why));
}

static void each_wrong_request_gets_a_sentence_and_an_audit_line_and_no_key(void **state)
{
    struct site *s = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene c;
        char line[128], *before, *after;
        enum err e;

        scene_new(&c, s);
        cases[i].spoil(&c);
        before = audit_text(s);
        e = ask_grant(s, &c.g);
        if (e != cases[i].expected)
            fail_msg("%s: %s (%s)", cases[i].what, err_name(e), s->why);
        no_key_and_no_signature(s);
        after = audit_text(s);
        snprintf(line, sizeof line, " refused socket=scout op=grant number=4 reason=%s why=%s",
                 err_name(cases[i].expected), cases[i].slug);
        if (count_lines(after, line) != count_lines(before, line) + 1)
            fail_msg("%s: no audit line with '%s'", cases[i].what, line);
        free(before);
        free(after);
        scene_end(&c);
        /* Each case begins with a whole site. */
        keeper_free(s->k);
        run("rm -rf -- %s && mkdir -p %s", s->path, s->path);
        run("cp -a -- %s/. %s", site_made, s->path);
        assert_int_equal(open_site(s), OK);
        set_policy(s, 48 * 3600, POLICY_RAW_ALLOWED);
        add_printer(s, &s->colour, "colour", "ipps://colour.example:631/ipp/print", 0);
        add_printer(s, &s->mono, "mono", "socket://mono.example:9100", 1);
    }
}

static void what_cannot_be_recorded_is_not_released(void **state)
{
    struct site *s = *state;
    struct scene c;

    scene_new(&c, s);
    the_log_cannot_be_written(&c);
    assert_int_not_equal(ask_grant(s, &c.g), OK);
    no_key_and_no_signature(s);
    scene_end(&c);
}

static void ten_thousand_asks_in_a_minute_are_sixty_releases(void **state)
{
    struct site *s = *state;
    struct scene c;
    struct sealed jobs[100];
    size_t granted = 0, limited = 0;
    char *log;

    scene_new(&c, s);
    for (size_t i = 0; i < 100; i++)
        seal_job_of(s, &c.alice, "alice", &jobs[i]);
    for (size_t i = 0; i < 10000; i++) {
        struct grant g = good_grant(s, &c.alice, &jobs[i % 100], "alice");
        const enum err e = ask_grant(s, &g);

        granted += e == OK;
        limited += e == ERR_LIMIT;
        assert_true(e == OK || e == ERR_LIMIT || e == ERR_STATE);
    }
    assert_int_equal(granted, PER_MINUTE);
    assert_int_equal(limited, 40 * 100);
    log = audit_text(s);
    assert_int_equal(count_lines(log, " grant order="), PER_MINUTE);
    assert_int_equal(count_lines(log, " refused socket=scout op=grant "), 10000 - PER_MINUTE);
    free(log);
    scene_end(&c);
}

static void a_flood_of_refusals_cannot_fill_the_disk_and_is_counted(void **state)
{
    struct site *s = *state;
    char *log;

    for (size_t i = 0; i < KEEPER_REFUSALS_MINUTE + 500; i++)
        assert_int_equal(ask_scout(s, KH_GRANT, "x", 1), ERR_FORMAT);
    calendar_tick(s->k, clock_unix_ms(), clock_boot_ms());
    log = audit_text(s);
    assert_int_equal(count_lines(log, " refused socket="), KEEPER_REFUSALS_MINUTE);
    assert_int_equal(count_lines(log, " refused_more count=500 "), 1);
    free(log);
}

static void remember(struct site *s, const char *event, size_t times)
{
    uint8_t body[128];
    struct wbuf b = wbuf_of(body, sizeof body);

    assert_int_equal(wbuf_text16(&b, event), OK);
    assert_int_equal(wbuf_text16(&b, "outcome=no"), OK);
    for (size_t i = 0; i < times; i++)
        assert_int_equal(ask_scout(s, KH_AUDIT, body, b.len), OK);
}

/* Anybody who reaches the panel's sign-in makes such lines. */
static void a_flood_of_one_event_is_counted_and_hides_no_other(void **state)
{
    struct site *s = *state;
    char *log;

    remember(s, "sign_in_refused", KEEPER_EVENT_MINUTE + 300);
    remember(s, "sign_in", 1);
    calendar_tick(s->k, clock_unix_ms(), clock_boot_ms());
    log = audit_text(s);
    assert_int_equal(count_lines(log, " scout.sign_in_refused "), KEEPER_EVENT_MINUTE);
    assert_int_equal(count_lines(log, " scout.sign_in "), 1);
    assert_int_equal(count_lines(log, " scout_more count=300 "), 1);
    free(log);
}

static void on_a_shared_node_invented_persons_do_not_get_around_the_limit(void **state)
{
    struct site *s = *state;
    struct node shared;
    size_t granted = 0;

    workstation(s, "", ROLE_ORIGIN, &shared);
    for (size_t i = 0; i < PER_MINUTE + 20; i++) {
        struct sealed job;
        struct grant g;

        seal_job_of(s, &shared, "carol", &job);
        g = good_grant(s, &shared, &job, "carol");
        snprintf(g.person, sizeof g.person, "person-%zu", i);
        strcpy(g.whose, g.person);
        granted += ask_grant(s, &g) == OK;
    }
    assert_int_equal(granted, PER_MINUTE);
    leave(&shared);
}

static void neither_titles_nor_keys_are_in_the_audit_log(void **state)
{
    struct site *s = *state;
    struct scene c;
    struct order o;
    char hex[2 * KEY_LEN + 1], *log;

    scene_new(&c, s);
    spoil_owner(&c);
    assert_int_equal(ask_grant(s, &c.g), ERR_REFUSED);
    strcpy(c.g.owner, "alice");
    assert_int_equal(ask_grant(s, &c.g), OK);
    read_order(s, &o);
    log = audit_text(s);
    assert_null(strstr(log, "letter"));
    hex_write(o.wrapped_key, KEY_LEN, hex);
    assert_null(strstr(log, hex));
    hex_write(s->k->site_secret, KEY_LEN, hex);
    assert_null(strstr(log, hex));
    free(log);
    scene_end(&c);
}

static void a_right_request_gives_an_order_that_only_its_recipient_opens(void **state)
{
    struct site *s = *state;
    struct scene c;
    struct order o;
    struct wrap_info info;
    uint8_t key[KEY_LEN];

    scene_new(&c, s);
    assert_int_equal(ask_grant(s, &c.g), OK);
    read_order(s, &o);
    assert_true(id_equal(o.job, c.job.job));
    assert_true(id_equal(o.recipient, c.alice.keys->node));
    assert_string_equal(o.printer_uri, "ipps://colour.example:631/ipp/print");
    assert_string_equal(o.person, "alice");
    assert_int_equal(o.printer_pin[0], 7);
    wrap_info_grant(&info, s->k->site, o.order);
    assert_int_equal(unwrap_key(c.alice.hello_secret, c.alice.hello_public, info.pieces, 2, o.wrapped_key, key), OK);
    assert_int_equal(unwrap_key(c.bob.hello_secret, c.bob.hello_public, info.pieces, 2, o.wrapped_key, key), ERR_AUTH);
    scene_end(&c);
}

static void an_order_says_what_its_raw_printer_takes(void **state)
{
    struct site *s = *state;
    struct scene c;
    struct order o;

    scene_new(&c, s);
    c.g.printer = s->mono;
    assert_int_equal(ask_grant(s, &c.g), OK);
    read_order(s, &o);
    assert_string_equal(o.printer_uri, "socket://mono.example:9100?language=pdf");
    scene_end(&c);
}

static void the_deadline_is_on_the_couriers_clock(void **state)
{
    struct site *s = *state;
    struct scene c;
    struct order o;

    scene_new(&c, s); /* its hello said 1,000 ms, a moment ago */
    assert_int_equal(ask_grant(s, &c.g), OK);
    read_order(s, &o);
    assert_in_range(o.deadline_boot_ms, 1000 + ORDER_START_MS, 1000 + ORDER_START_MS + 5000);
    scene_end(&c);
}

static void a_courier_that_may_deliver_gets_a_blobs_job(void **state)
{
    struct site *s = *state;
    struct scene c;
    struct order o;

    scene_new(&c, s);
    c.g.recipient = c.courier.keys->node;
    c.g.source = SOURCE_BLOB;
    c.g.blob = another_id();
    assert_int_equal(ask_grant(s, &c.g), OK);
    read_order(s, &o);
    assert_true(id_equal(o.blob, c.g.blob));
    scene_end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_wrong_request_gets_a_sentence_and_an_audit_line_and_no_key, site_new,
                                        site_free),
        cmocka_unit_test_setup_teardown(what_cannot_be_recorded_is_not_released, site_new, site_free),
        cmocka_unit_test_setup_teardown(ten_thousand_asks_in_a_minute_are_sixty_releases, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_flood_of_refusals_cannot_fill_the_disk_and_is_counted, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_flood_of_one_event_is_counted_and_hides_no_other, site_new, site_free),
        cmocka_unit_test_setup_teardown(on_a_shared_node_invented_persons_do_not_get_around_the_limit, site_new,
                                        site_free),
        cmocka_unit_test_setup_teardown(neither_titles_nor_keys_are_in_the_audit_log, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_right_request_gives_an_order_that_only_its_recipient_opens, site_new,
                                        site_free),
        cmocka_unit_test_setup_teardown(an_order_says_what_its_raw_printer_takes, site_new, site_free),
        cmocka_unit_test_setup_teardown(the_deadline_is_on_the_couriers_clock, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_courier_that_may_deliver_gets_a_blobs_job, site_new, site_free),
    };
    return cmocka_run_group_tests(tests, site_make, site_unmake);
}
