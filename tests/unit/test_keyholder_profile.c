/* SPDX-License-Identifier: Apache-2.0 */
/* keyholder, op profile: what a captured device scout can do with the bulletin is to describe printers, now and then.
 */
#include "devicescout/keyholder/pace.h"
#include "proto/profile.h"
#include "tests/unit/keyholder_fixture.h"

static enum err say(struct site *s, const struct profile *p)
{
    static uint8_t body[BULLETIN_PROFILE_MAX];
    struct wbuf b = wbuf_of(body, sizeof body);

    assert_int_equal(profile_write(p, &b), OK);
    return ask_scout(s, KH_PROFILE, body, b.len);
}

static struct bulletin *answered(const struct site *s)
{
    struct bulletin *b = NULL;

    assert_int_equal(bulletin_read(s->answer, s->answer_len, s->k->site, &b), OK);
    return b;
}

static uint32_t version(const struct site *s)
{
    return s->k->registry->bulletin.version;
}

static void what_is_no_profile_gets_into_no_bulletin(void **state)
{
    struct site *s = *state;
    static uint8_t body[BULLETIN_PROFILE_MAX + 1];
    struct wbuf b = wbuf_of(body, sizeof body);
    const uint32_t before = version(s);
    struct profile p;

    profile_default(&p);
    assert_int_equal(profile_write(&p, &b), OK);
    for (size_t len = 0; len < b.len; len++)
        assert_int_not_equal(ask_scout(s, KH_PROFILE, body, len), OK);
    assert_int_not_equal(ask_scout(s, KH_PROFILE, body, b.len + 1), OK);
    assert_int_not_equal(ask_scout(s, KH_PROFILE, body, sizeof body), OK);
    body[0]++;
    assert_int_equal(ask_scout(s, KH_PROFILE, body, b.len), ERR_UNSUPPORTED);
    assert_int_equal(version(s), before);
    assert_int_equal(s->k->registry->bulletin.profile_len, 0);
}

static void only_the_device_scout_says_it(void **state)
{
    struct site *s = *state;

    assert_int_equal(ask_admin(s, KH_PROFILE, NULL, 0), ERR_REFUSED);
}

static void a_profile_that_changes_all_the_time_makes_few_bulletins(void **state)
{
    struct site *s = *state;
    const uint32_t before = version(s);
    struct profile p;
    char *text;

    profile_default(&p);
    for (uint16_t i = 0; i < 200; i++) {
        p.copies_max = (uint16_t)(1 + i);
        assert_int_equal(say(s, &p), i < KEEPER_PROFILES_BURST ? OK : ERR_LIMIT);
    }
    assert_int_equal(version(s), before + KEEPER_PROFILES_BURST);
    p.copies_max = KEEPER_PROFILES_BURST; /* as it is: no change, so no limit */
    assert_int_equal(say(s, &p), OK);
    text = audit_text(s);
    assert_int_equal(count_lines(text, " profile formats="), KEEPER_PROFILES_BURST);
    free(text);
}

static void the_pace_lets_a_few_through_and_then_one_by_one(void **state)
{
    struct pace pace = {0};
    uint64_t now = 1000000, taken = 0;

    (void)state;
    for (int i = 0; i < 10; i++)
        taken += (uint64_t)pace_take(&pace, 6, 300000, now);
    assert_int_equal(taken, 6);
    assert_false(pace_take(&pace, 6, 300000, now + 299999));
    assert_true(pace_take(&pace, 6, 300000, now + 300000));
    assert_false(pace_take(&pace, 6, 300000, now + 300000));
    for (taken = 0; now < 1000000 + UINT64_C(24) * 3600000; now += 1000)
        taken += (uint64_t)pace_take(&pace, 6, 300000, now);
    assert_in_range(taken, 280, 288); /* of a day of asking each second */
    now += 6 * 300000;
    for (taken = 0; pace_take(&pace, 6, 300000, now); taken++)
        continue;
    assert_int_equal(taken, 6);
}

static void the_same_profile_makes_no_new_bulletin_and_another_one_does(void **state)
{
    struct site *s = *state;
    const uint32_t before = version(s);
    struct profile p, read;
    struct bulletin *b;

    profile_default(&p);
    p.features = PROFILE_TWO_SIDED_LONG;
    assert_int_equal(say(s, &p), OK);
    b = answered(s);
    assert_int_equal(b->version, before + 1);
    profile_of(b, &read);
    assert_memory_equal(&read, &p, sizeof p);
    free(b);
    for (int i = 0; i < 100; i++)
        assert_int_equal(say(s, &p), OK);
    assert_int_equal(version(s), before + 1);
}

static void it_outlives_a_restart_and_other_changes_of_the_bulletin(void **state)
{
    struct site *s = *state;
    struct profile p, read;

    profile_default(&p);
    p.copies_max = 7;
    assert_int_equal(say(s, &p), OK);
    set_policy(s, 7200, POLICY_POSTSCRIPT_ALLOWED | POLICY_ANY_FORMAT_ALLOWED);
    reopen(s);
    profile_of(&s->k->registry->bulletin, &read);
    assert_int_equal(read.copies_max, 7);
    assert_int_equal(s->k->registry->bulletin.flags, POLICY_POSTSCRIPT_ALLOWED | POLICY_ANY_FORMAT_ALLOWED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_no_profile_gets_into_no_bulletin, site_new, site_free),
        cmocka_unit_test_setup_teardown(only_the_device_scout_says_it, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_profile_that_changes_all_the_time_makes_few_bulletins, site_new, site_free),
        cmocka_unit_test(the_pace_lets_a_few_through_and_then_one_by_one),
        cmocka_unit_test_setup_teardown(the_same_profile_makes_no_new_bulletin_and_another_one_does, site_new,
                                        site_free),
        cmocka_unit_test_setup_teardown(it_outlives_a_restart_and_other_changes_of_the_bulletin, site_new, site_free),
    };

    return cmocka_run_group_tests(tests, site_make, site_unmake);
}
