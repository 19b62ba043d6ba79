/* SPDX-License-Identifier: Apache-2.0 */
/* What a report and a close change: who may be believed, and what survives a restart. */
#include "devicescout/keyholder/facts.h"
#include "devicescout/keyholder/jobs.h"

#include "tests/unit/keyholder_fixture.h"

struct scene {
    struct site *s;
    struct node alice, bob;
    struct sealed job;
    struct grant g;
    struct order o; /* granted, open */
};

static void scene_new(struct scene *c, struct site *s)
{
    c->s = s;
    workstation(s, "alice", ROLE_ORIGIN, &c->alice);
    workstation(s, "bob", ROLE_ORIGIN, &c->bob);
    seal_job_of(s, &c->alice, "alice", &c->job);
    c->g = good_grant(s, &c->alice, &c->job, "alice");
    assert_int_equal(ask_grant(s, &c->g), OK);
    read_order(s, &c->o);
}

static void scene_end(struct scene *c)
{
    leave(&c->alice);
    leave(&c->bob);
}

static void a_report_signed_by_somebody_else_is_refused(void **state)
{
    struct scene c;
    struct report r;

    scene_new(&c, *state);
    r = report_on(&c.o, JOB_FAILED, REASON_PRINTER_REFUSED);
    assert_int_equal(tell(c.s, &r, &c.bob), ERR_AUTH);
    r.node = c.bob.keys->node; /* bob, in his own name, on alice's order */
    assert_int_equal(tell(c.s, &r, &c.bob), ERR_REFUSED);
    assert_int_equal(ask_grant(c.s, &c.g), ERR_STATE);
    scene_end(&c);
}

static void a_report_on_an_order_that_was_never_given_is_refused(void **state)
{
    struct scene c;
    struct report r;

    scene_new(&c, *state);
    r = report_on(&c.o, JOB_DELIVERED, REASON_NONE);
    r.order.b[0] ^= 1;
    assert_int_equal(tell(c.s, &r, &c.alice), ERR_NOTFOUND);
    r = report_on(&c.o, JOB_DELIVERED, REASON_NONE);
    r.job.b[0] ^= 1;
    assert_int_equal(tell(c.s, &r, &c.alice), ERR_REFUSED);
    scene_end(&c);
}

static void a_revoked_node_reports_in_vain(void **state)
{
    struct scene c;
    struct report r;

    scene_new(&c, *state);
    assert_int_equal(ask_admin(c.s, KH_REVOKE, c.alice.keys->node.b, ID_LEN), OK);
    r = report_on(&c.o, JOB_FAILED, REASON_NONE);
    assert_int_equal(tell(c.s, &r, &c.alice), ERR_REFUSED);
    scene_end(&c);
}

static void a_report_that_is_not_the_last_word_keeps_the_order_open(void **state)
{
    struct scene c;
    struct report r;

    scene_new(&c, *state);
    r = report_on(&c.o, JOB_DELIVERING, REASON_NONE);
    r.terminal = 0;
    assert_int_equal(tell(c.s, &r, &c.alice), OK);
    r.terminal = 1; /* no order ends so */
    assert_int_equal(tell(c.s, &r, &c.alice), ERR_FORMAT);
    assert_int_equal(ask_grant(c.s, &c.g), ERR_STATE);
    scene_end(&c);
}

static void one_last_word_counts_and_another_is_refused(void **state)
{
    struct scene c;
    struct report r;
    char *log;

    scene_new(&c, *state);
    r = report_on(&c.o, JOB_FAILED, REASON_PRINTER_REFUSED);
    assert_int_equal(tell(c.s, &r, &c.alice), OK);
    assert_int_equal(tell(c.s, &r, &c.alice), OK); /* the same again is no news */
    r = report_on(&c.o, JOB_DELIVERED, REASON_NONE);
    assert_int_equal(tell(c.s, &r, &c.alice), ERR_REPLAY);
    log = audit_text(c.s);
    assert_int_equal(count_lines(log, " report order="), 1);
    free(log);
    scene_end(&c);
}

static void after_failed_held_or_unknown_the_person_may_ask_again(void **state)
{
    static const uint8_t states[] = {JOB_FAILED, JOB_HELD, JOB_UNKNOWN};
    struct scene c;

    scene_new(&c, *state);
    for (size_t i = 0; i < sizeof states; i++) {
        struct report r = report_on(&c.o, states[i], REASON_CONNECTION_BROKEN);

        assert_int_equal(tell(c.s, &r, &c.alice), OK);
        assert_int_equal(ask_grant(c.s, &c.g), OK);
        read_order(c.s, &c.o);
    }
    scene_end(&c);
}

static void an_order_without_a_last_word_bars_until_its_time_is_over(void **state)
{
    struct scene c;
    const struct jobs_order *row = NULL;

    scene_new(&c, *state);
    assert_int_equal(jobs_order(c.s->k->jobs, c.o.order, &row), OK);
    assert_true(jobs_is_ordered(c.s->k->jobs, c.job.job, row->bar_boot_ms));
    assert_false(jobs_is_ordered(c.s->k->jobs, c.job.job, row->bar_boot_ms + 1));
    assert_in_range(row->bar_boot_ms - clock_boot_ms(), TIMEOUT_MS, TIMEOUT_MS + ORDER_START_MS);
    scene_end(&c);
}

static void an_open_order_bars_after_a_restart_too(void **state)
{
    struct scene c;

    scene_new(&c, *state);
    reopen(c.s);
    assert_int_equal(ask_grant(c.s, &c.g), ERR_STATE);
    scene_end(&c);
}

static void a_late_report_of_an_earlier_order_still_closes_the_job(void **state)
{
    struct scene c;
    struct jobs_order second = {.bar_boot_ms = UINT64_MAX};
    struct report r;

    scene_new(&c, *state);
    second.job = c.job.job;
    second.node = c.bob.keys->node;
    assert_int_equal(jobs_grant(c.s->k->jobs, &second, 1), OK);
    r = report_on(&c.o, JOB_DELIVERED, REASON_NONE);
    assert_int_equal(tell(c.s, &r, &c.alice), OK);
    assert_int_equal(ask_grant(c.s, &c.g), ERR_REPLAY);
    scene_end(&c);
}

static void delivered_is_for_ever_and_close_gives_the_same_record_again(void **state)
{
    struct scene c;
    struct report r;
    struct closed closed;
    uint8_t first[CLOSED_LEN];

    scene_new(&c, *state);
    assert_int_equal(close_job(c.s, c.job.job, CLOSED_DELIVERED), ERR_REFUSED); /* nobody said so */
    r = report_on(&c.o, JOB_DELIVERED, REASON_NONE);
    assert_int_equal(tell(c.s, &r, &c.alice), OK);
    reopen(c.s);
    assert_int_equal(ask_grant(c.s, &c.g), ERR_REPLAY);
    assert_int_equal(close_job(c.s, c.job.job, CLOSED_DELIVERED), OK);
    assert_int_equal(c.s->answer_len, CLOSED_LEN);
    memcpy(first, c.s->answer, CLOSED_LEN);
    assert_int_equal(closed_read(first, CLOSED_LEN, c.s->k->site_public, &closed), OK);
    assert_int_equal(closed.reason, CLOSED_DELIVERED);
    assert_int_equal(close_job(c.s, c.job.job, CLOSED_EXPIRED), OK); /* it keeps its first reason */
    assert_memory_equal(first, c.s->answer, CLOSED_LEN);
    scene_end(&c);
}

static void close_takes_the_couriers_report_along(void **state)
{
    struct scene c;
    struct report r;
    uint8_t report[REPORT_MAX_LEN], body[REPORT_MAX_LEN + 64];
    struct wbuf b = wbuf_of(body, sizeof body);
    size_t len;

    scene_new(&c, *state);
    r = report_on(&c.o, JOB_DELIVERED, REASON_NONE);
    len = write_report(&r, &c.alice, report);
    assert_int_equal(wbuf_id(&b, c.job.job), OK);
    assert_int_equal(wbuf_u8(&b, CLOSED_DELIVERED), OK);
    assert_int_equal(wbuf_text16(&b, "alice"), OK);
    assert_int_equal(wbuf_bytes16(&b, report, len), OK);
    body[b.len - 1] ^= 1;
    assert_int_equal(ask_scout(c.s, KH_CLOSE, body, b.len), ERR_AUTH);
    body[b.len - 1] ^= 1;
    assert_int_equal(ask_scout(c.s, KH_CLOSE, body, b.len), OK);
    assert_int_equal(c.s->answer_len, CLOSED_LEN);
    scene_end(&c);
}

/* The key of the refusal with the clock of the hello before it would be an order for as long as that clock is ahead. */
static void a_stale_hello_is_dropped_by_the_signed_refusal_and_by_nothing_else(void **state)
{
    struct scene c;
    struct report r;
    struct order again;
    uint8_t key[KEY_LEN], secret[KEY_LEN];

    scene_new(&c, *state);
    assert_int_equal(box_pair_new(key, secret), OK);
    r = report_on(&c.o, JOB_HELD, REASON_HELLO_STALE);
    memcpy(r.hello_public, key, KEY_LEN);
    assert_int_equal(tell(c.s, &r, &c.bob), ERR_AUTH); /* somebody else would like the key sealed to theirs */
    assert_int_equal(tell(c.s, &r, &c.alice), OK);
    assert_int_equal(ask_grant(c.s, &c.g), ERR_STALE);
    assert_int_equal(say_hello(c.s, &c.alice, 5000), OK);
    assert_int_equal(ask_grant(c.s, &c.g), OK);
    read_order(c.s, &again);
    assert_memory_equal(again.hello_public, c.alice.hello_public, KEY_LEN);
    assert_in_range(again.deadline_boot_ms, 5000, 5000 + ORDER_START_MS + 5000);
    /* Played back later, it changes nothing: it is no news. */
    assert_int_equal(tell(c.s, &r, &c.alice), OK);
    r = report_on(&again, JOB_FAILED, REASON_NONE);
    assert_int_equal(tell(c.s, &r, &c.alice), OK);
    assert_int_equal(ask_grant(c.s, &c.g), OK);
    read_order(c.s, &again);
    assert_memory_equal(again.hello_public, c.alice.hello_public, KEY_LEN);
    scene_end(&c);
}

static void a_hundred_thousand_closed_jobs_are_fast_and_survive(void **state)
{
    struct site *s = *state;
    const uint64_t start = clock_mono_us();
    struct jobs *j = NULL;
    struct id id = {{0}};
    uint8_t reason;

    assert_int_equal(jobs_new(&j), OK);
    for (uint32_t i = 0; i < 100000; i++) {
        memcpy(id.b, &i, sizeof i); /* ids that somebody chose: they differ in few bits */
        assert_int_equal(jobs_close(j, id, 1 + i % 3, CLOSED_EXPIRED), OK);
    }
    for (uint32_t i = 0; i < 100000; i++) {
        memcpy(id.b, &i, sizeof i);
        assert_true(jobs_is_closed(j, id, &reason));
    }
    assert_int_equal(jobs_forget(j, 2), OK);
    assert_int_equal(jobs_count(j), 33333);
    jobs_free(j);
    assert_true(clock_mono_us() - start < 5000000); /* 0.1 s; a quadratic one takes minutes */

    for (uint32_t i = 0; i < KEEPER_CLOSES_MINUTE; i++) {
        memcpy(id.b, &i, sizeof i);
        assert_int_equal(close_job(s, id, CLOSED_CANCELED), OK);
    }
    reopen(s);
    assert_int_equal(jobs_count(s->k->jobs), KEEPER_CLOSES_MINUTE);
    assert_true(jobs_is_closed(s->k->jobs, id, &reason));
    assert_int_equal(reason, CLOSED_CANCELED);
}

/* Whoever closes ids that nobody has would else use up the memory for jobs, for as long as the epoch lives. */
static void closing_without_end_is_slowed_down_and_what_was_delivered_is_not(void **state)
{
    struct site *s = *state;
    struct scene c;
    struct report r;
    struct id id = {{1}};

    scene_new(&c, s);
    for (uint32_t i = 0; i < KEEPER_CLOSES_MINUTE; i++) {
        memcpy(id.b + 1, &i, sizeof i);
        assert_int_equal(close_job(s, id, CLOSED_CANCELED), OK);
    }
    assert_int_equal(close_job(s, id, CLOSED_CANCELED), OK); /* again: the same record */
    id.b[0] = 2;
    assert_int_equal(close_job(s, id, CLOSED_CANCELED), ERR_LIMIT);
    r = report_on(&c.o, JOB_DELIVERED, REASON_NONE);
    assert_int_equal(tell(s, &r, &c.alice), OK);
    assert_int_equal(close_job(s, c.o.job, CLOSED_DELIVERED), OK);
    scene_end(&c);
}

/* An order that says that its job stays, where the site allows that. */
static void scene_kept(struct scene *c, struct site *s)
{
    scene_new(c, s);
    set_policy(s, 48 * 3600, POLICY_RAW_ALLOWED | POLICY_KEEP_ALLOWED);
    seal_job_of(s, &c->alice, "alice", &c->job);
    c->g = good_grant(s, &c->alice, &c->job, "alice");
    c->g.keep = 1;
    assert_int_equal(ask_grant(s, &c->g), OK);
    read_order(s, &c->o);
    assert_int_equal(c->o.keep, 1);
}

static void a_courier_cannot_keep_a_job_that_was_not_to_be_kept(void **state)
{
    struct scene c;
    struct report r;

    scene_new(&c, *state);
    r = report_on(&c.o, JOB_HELD, REASON_KEPT);
    assert_int_equal(tell(c.s, &r, &c.alice), ERR_REFUSED);
    assert_int_equal(ask_grant(c.s, &c.g), ERR_STATE); /* the order is still open */
    reopen(c.s);
    assert_int_equal(tell(c.s, &r, &c.alice), ERR_REFUSED);
    r = report_on(&c.o, JOB_DELIVERED, REASON_NONE);
    assert_int_equal(tell(c.s, &r, &c.alice), OK);
    scene_end(&c);
}

static void kept_is_no_word_but_for_a_held_job(void **state)
{
    static const uint8_t states[] = {JOB_DELIVERED, JOB_FAILED, JOB_UNKNOWN, JOB_CANCELED, JOB_EXPIRED};
    struct scene c;

    scene_kept(&c, *state);
    for (size_t i = 0; i < sizeof states; i++) {
        struct report r = report_on(&c.o, states[i], REASON_KEPT);

        assert_int_equal(tell(c.s, &r, &c.alice), ERR_REFUSED);
    }
    scene_end(&c);
}

static void a_kept_job_is_granted_anew_once_for_each_order_and_over_a_restart(void **state)
{
    struct scene c;
    struct report r;
    struct id first;

    scene_kept(&c, *state);
    first = c.o.order;
    assert_int_equal(ask_grant(c.s, &c.g), ERR_STATE); /* not before the first has had its last word */
    reopen(c.s);
    assert_int_equal(ask_grant(c.s, &c.g), ERR_STATE);
    r = report_on(&c.o, JOB_HELD, REASON_KEPT);
    assert_int_equal(tell(c.s, &r, &c.alice), OK);
    reopen(c.s);
    assert_int_equal(tell(c.s, &r, &c.alice), OK); /* the same again is no news */
    assert_int_equal(say_hello(c.s, &c.alice, 2000), OK);
    assert_int_equal(ask_grant(c.s, &c.g), OK);
    read_order(c.s, &c.o);
    assert_false(id_equal(c.o.order, first));
    c.g.keep = 0;
    r = report_on(&c.o, JOB_HELD, REASON_KEPT);
    assert_int_equal(tell(c.s, &r, &c.alice), OK);
    assert_int_equal(ask_grant(c.s, &c.g), OK); /* and without keep it is the last time */
    read_order(c.s, &c.o);
    r = report_on(&c.o, JOB_DELIVERED, REASON_NONE);
    assert_int_equal(tell(c.s, &r, &c.alice), OK);
    assert_int_equal(ask_grant(c.s, &c.g), ERR_REPLAY);
    scene_end(&c);
}

static void a_kept_job_is_closed_like_any_other(void **state)
{
    struct scene c;
    struct report r;

    scene_kept(&c, *state);
    r = report_on(&c.o, JOB_HELD, REASON_KEPT);
    assert_int_equal(tell(c.s, &r, &c.alice), OK);
    assert_int_equal(close_job(c.s, c.job.job, CLOSED_DELIVERED), ERR_REFUSED); /* nobody said that it ended so */
    assert_int_equal(close_job(c.s, c.job.job, CLOSED_EXPIRED), OK);
    assert_int_equal(ask_grant(c.s, &c.g), ERR_REPLAY);
    scene_end(&c);
}

static enum err replay(struct facts *f, const char *event, const char *more)
{
    char detail[512];
    struct audit_entry entry = {.detail = detail};

    snprintf(entry.event, sizeof entry.event, "%s", event);
    entry.detail_len =
        (size_t)snprintf(detail, sizeof detail, "order=%032d job=%032d node=%032d epoch=1%s", 1, 2, 3, more);
    return facts_replay(f, &entry);
}

/* What the keyholder knows of that order after these words: (state, reason, closed as). */
static void expect_facts(const char *event, const char *more, const uint8_t want[static 3])
{
    const struct id order = {.b = {[ID_LEN - 1] = 1}}, job = {.b = {[ID_LEN - 1] = 2}};
    const struct jobs_order *row = NULL;
    struct facts f = {.bar_most_ms = 1000};
    uint8_t closed = 0;

    assert_int_equal(jobs_new(&f.jobs), OK);
    assert_int_equal(replay(&f, "grant", " bar_unix_ms=0 source=0 by=1 keep=1"), OK);
    assert_int_equal(replay(&f, event, more), want[0] != UINT8_MAX ? OK : ERR_FORMAT);
    if (want[0] != UINT8_MAX) {
        assert_int_equal(jobs_order(f.jobs, order, &row), OK);
        assert_int_equal(jobs_is_closed(f.jobs, job, &closed), want[2] != 0);
        assert_int_equal(row->state, want[0]);
        assert_int_equal(row->reason, want[1]);
        assert_int_equal(closed, want[2]);
    }
    jobs_free(f.jobs);
}

static void what_a_line_says_in_words_or_as_of_old_in_numbers_is_read_back(void **state)
{
    static const struct {
        const char *event, *said, *of_old, *wrong;
        uint8_t want[3];
    } lines[] = {
        {"report", " state=held reason=kept", " state=2 reason=17", " state=printed reason=kept", {2, 17, 0}},
        {"report", " state=failed reason=printer-refused", " state=6 reason=2", " state=failed reason=255", {6, 2, 0}},
        {"report", " state=delivered reason=none", " state=5 reason=0", " state=10 reason=0", {5, 0, CLOSED_DELIVERED}},
        {"close", " reason=canceled", " reason=2", " reason=held", {0, 0, CLOSED_CANCELED}},
        {"close", " reason=expired", " reason=3", " reason=none", {0, 0, CLOSED_EXPIRED}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        expect_facts(lines[i].event, lines[i].wrong, (const uint8_t[3]){UINT8_MAX});
        expect_facts(lines[i].event, lines[i].of_old, lines[i].want);
        expect_facts(lines[i].event, lines[i].said, lines[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_report_signed_by_somebody_else_is_refused, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_report_on_an_order_that_was_never_given_is_refused, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_revoked_node_reports_in_vain, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_report_that_is_not_the_last_word_keeps_the_order_open, site_new, site_free),
        cmocka_unit_test_setup_teardown(one_last_word_counts_and_another_is_refused, site_new, site_free),
        cmocka_unit_test_setup_teardown(after_failed_held_or_unknown_the_person_may_ask_again, site_new, site_free),
        cmocka_unit_test_setup_teardown(an_order_without_a_last_word_bars_until_its_time_is_over, site_new, site_free),
        cmocka_unit_test(what_a_line_says_in_words_or_as_of_old_in_numbers_is_read_back),
        cmocka_unit_test_setup_teardown(an_open_order_bars_after_a_restart_too, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_late_report_of_an_earlier_order_still_closes_the_job, site_new, site_free),
        cmocka_unit_test_setup_teardown(delivered_is_for_ever_and_close_gives_the_same_record_again, site_new,
                                        site_free),
        cmocka_unit_test_setup_teardown(close_takes_the_couriers_report_along, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_stale_hello_is_dropped_by_the_signed_refusal_and_by_nothing_else, site_new,
                                        site_free),
        cmocka_unit_test_setup_teardown(a_hundred_thousand_closed_jobs_are_fast_and_survive, site_new, site_free),
        cmocka_unit_test_setup_teardown(closing_without_end_is_slowed_down_and_what_was_delivered_is_not, site_new,
                                        site_free),
        cmocka_unit_test_setup_teardown(a_courier_cannot_keep_a_job_that_was_not_to_be_kept, site_new, site_free),
        cmocka_unit_test_setup_teardown(kept_is_no_word_but_for_a_held_job, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_kept_job_is_granted_anew_once_for_each_order_and_over_a_restart, site_new,
                                        site_free),
        cmocka_unit_test_setup_teardown(a_kept_job_is_closed_like_any_other, site_new, site_free),
    };
    return cmocka_run_group_tests(tests, site_make, site_unmake);
}
