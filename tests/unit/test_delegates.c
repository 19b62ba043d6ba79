/* SPDX-License-Identifier: Apache-2.0 */
/* What devicescout remembers of who may release for whom: nothing longer than the keyholder says, and nothing without
 * it. */
#include "devicescout/people/delegates.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

#define NOW 1700000000000u

struct played { /* a keyholder */
    struct delegation list[4];
    size_t len;
    enum err e;
    size_t cut; /* bytes that are missing at the end */
    uint16_t more;
};

static enum err ask(void *arg, enum kh_op op, const void *body, size_t len, uint8_t *answer, size_t *answer_len)
{
    const struct played *p = arg;
    struct wbuf b = wbuf_of(answer, KH_FRAME_MAX);

    (void)body, (void)len;
    assert_int_equal(op, KH_DELEGATIONS);
    if (p->e != OK)
        return p->e;
    assert_int_equal(wbuf_u32(&b, 31), OK);
    assert_int_equal(wbuf_u16(&b, (uint16_t)(p->len + p->more)), OK);
    for (size_t i = 0; i < p->len; i++)
        assert_int_equal(delegation_write(&p->list[i], &b), OK);
    *answer_len = b.len - p->cut;
    return OK;
}

static void give(struct played *p, const char *from, const char *to, uint64_t until_unix_ms)
{
    struct delegation *d = &p->list[p->len++];

    snprintf(d->from, sizeof d->from, "%s", from);
    snprintf(d->to, sizeof d->to, "%s", to);
    d->until_unix_ms = until_unix_ms;
    d->since_unix_ms = 1;
}

static struct delegates *made(struct played *p)
{
    struct delegates *d = NULL;

    assert_int_equal(delegates_new(&(struct delegates_keyholder){.ask = ask, .arg = p}, &d), OK);
    return d;
}

static void without_an_answer_nobody_may(void **state)
{
    struct played p = {.len = 0};
    struct delegates *d = made(&p);

    (void)state;
    give(&p, "alice", "bob", NOW + 1000);
    delegates_look(d, "bob");
    assert_true(delegates_may(d, "alice", "bob", NOW));
    p.e = ERR_UNREACHABLE;
    delegates_look(d, "bob");
    assert_false(delegates_may(d, "alice", "bob", NOW));
    p.e = OK;
    p.cut = 1;
    delegates_look(d, "bob");
    assert_false(delegates_may(d, "alice", "bob", NOW));
    p.cut = 0;
    p.more = DELEGATES_MAX + 1;
    delegates_look(d, "bob");
    assert_false(delegates_may(d, "alice", "bob", NOW));
    delegates_free(d);
}

static void it_is_one_way_for_one_person_and_not_for_who_did_not_sign_in(void **state)
{
    struct played p = {.len = 0};
    struct delegates *d = made(&p);

    (void)state;
    give(&p, "alice", "bob", NOW + 1000);
    give(&p, "bob", "carol", NOW + 1000);
    delegates_look(d, "bob");
    assert_true(delegates_may(d, "alice", "bob", NOW));
    assert_false(delegates_may(d, "bob", "alice", NOW));
    assert_false(delegates_may(d, "bob", "carol", NOW)); /* carol is not looked at */
    assert_false(delegates_may(d, "alice", "carol", NOW));
    delegates_forget(d, "bob");
    assert_false(delegates_may(d, "alice", "bob", NOW));
    delegates_free(d);
}

static void note(void *arg, const char *person)
{
    strcat(arg, person);
}

static void past_its_end_it_is_over_and_its_person_hears_of_it_once(void **state)
{
    struct played p = {.len = 0};
    struct delegates *d = made(&p);
    char heard[64] = "";

    (void)state;
    give(&p, "alice", "bob", NOW + 1000);
    give(&p, "carol", "bob", NOW + 9000);
    delegates_look(d, "bob");
    delegates_sweep(d, NOW + 999, note, heard);
    assert_string_equal(heard, "");
    assert_false(delegates_may(d, "alice", "bob", NOW + 1000));
    delegates_sweep(d, NOW + 1000, note, heard);
    delegates_sweep(d, NOW + 1001, note, heard);
    assert_string_equal(heard, "bob");
    assert_true(delegates_may(d, "carol", "bob", NOW + 1001));
    heard[0] = '\0';
    delegates_givers(d, "bob", NOW + 1001, note, heard);
    assert_string_equal(heard, "carol");
    heard[0] = '\0';
    delegates_holders(d, "carol", NOW + 1001, note, heard);
    assert_string_equal(heard, "bob");
    delegates_sweep(d, NOW + 9000, note, heard);
    assert_string_equal(heard, "bobbob");
    delegates_free(d);
}

static void what_an_administrator_ended_is_noticed(void **state)
{
    struct played p = {.len = 0};
    struct delegates *d = made(&p);
    char heard[64] = "";

    (void)state;
    give(&p, "alice", "bob", NOW + 1000);
    give(&p, "carol", "bob", NOW + 9000);
    delegates_look(d, "bob");
    delegates_refresh(d, note, heard);
    p.e = ERR_UNREACHABLE;
    delegates_refresh(d, note, heard);
    assert_string_equal(heard, ""); /* nothing is known to be another */
    p.e = OK;
    p.len = 1;
    delegates_refresh(d, note, heard);
    assert_string_equal(heard, "bob");
    assert_false(delegates_may(d, "carol", "bob", NOW));
    p.list[0].until_unix_ms = NOW + 2000; /* and so is another end */
    delegates_refresh(d, note, heard);
    assert_true(delegates_may(d, "alice", "bob", NOW + 1500));
    p.list[0].until_unix_ms = NOW + 500;
    delegates_refresh(d, note, heard);
    assert_false(delegates_may(d, "alice", "bob", NOW + 600));
    p.len = 0;
    delegates_refresh(d, note, heard);
    delegates_refresh(d, note, heard);
    assert_string_equal(heard, "bobbobbobbob");
    delegates_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_an_answer_nobody_may),
        cmocka_unit_test(it_is_one_way_for_one_person_and_not_for_who_did_not_sign_in),
        cmocka_unit_test(past_its_end_it_is_over_and_its_person_hears_of_it_once),
        cmocka_unit_test(what_an_administrator_ended_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
