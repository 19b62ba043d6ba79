/* SPDX-License-Identifier: Apache-2.0 */
/* When epoch keys are made and destroyed, and what a wrong clock cannot do. */
#include "devicescout/keyholder/calendar.h"

#include <inttypes.h>

#include "base/file.h"
#include "tests/unit/keyholder_fixture.h"

#define DAY_MS  (UINT64_C(24) * 60 * 60 * 1000)
#define HOUR_MS (UINT64_C(60) * 60 * 1000)

static const struct bulletin *bulletin(const struct site *s)
{
    return &s->k->registry->bulletin;
}

static int key_is_there(const struct site *s, uint32_t number)
{
    char path[64];

    snprintf(path, sizeof path, "epoch/%" PRIu32, number);
    return faccessat(s->k->dirfd, path, F_OK, 0) == 0;
}

/* By a steady clock, every six hours, up to so many days after the start of the first epoch there was. */
static uint64_t live(struct site *s, unsigned days)
{
    static uint64_t first;
    uint64_t now = 0;

    if (bulletin(s)->epochs[0].number == 1)
        first = bulletin(s)->epochs[0].start_unix_ms;
    for (unsigned quarter = 0; quarter <= 4 * days; quarter++) {
        now = first + quarter * DAY_MS / 4;
        calendar_tick(s->k, now, now - first + HOUR_MS);
    }
    return now;
}

static void a_clock_ten_years_ahead_destroys_nothing(void **state)
{
    struct site *s = *state;
    const uint64_t start = bulletin(s)->epochs[0].start_unix_ms;
    uint64_t boot = 10 * HOUR_MS;

    calendar_tick(s->k, start, boot);
    calendar_tick(s->k, start + HOUR_MS + 1, boot += HOUR_MS + 1);
    for (int minute = 0; minute < 59; minute++) /* then somebody notices */
        calendar_tick(s->k, start + 3650 * DAY_MS, boot += 60000);
    calendar_tick(s->k, start + 3 * HOUR_MS, boot += 60000);
    assert_true(key_is_there(s, 1));
    assert_non_null(epochs_secret(s->k->epochs, 1));
    assert_int_equal(bulletin(s)->epochs[0].number, 1);
}

static void at_the_start_a_clock_is_not_believed_for_an_hour(void **state)
{
    struct site *s = *state;
    const uint64_t later = bulletin(s)->epochs[0].destroy_at_unix_ms + DAY_MS;

    calendar_tick(s->k, later, 1000);
    assert_true(key_is_there(s, 1));
    assert_int_equal(bulletin(s)->epochs_len, 2); /* but jobs can be sealed: the old epoch was over */
    calendar_tick(s->k, later + HOUR_MS + 1, 1000 + HOUR_MS + 1);
    assert_false(key_is_there(s, 1));
}

static void a_new_epoch_begins_each_week_and_an_old_one_is_destroyed_on_its_day(void **state)
{
    struct site *s = *state;
    const uint64_t destroy_at = bulletin(s)->epochs[0].destroy_at_unix_ms;
    uint64_t now;

    assert_int_equal(destroy_at - bulletin(s)->epochs[0].start_unix_ms, EPOCH_USE_MS + 2 * DAY_MS);
    live(s, 6);
    assert_int_equal(bulletin(s)->epochs_len, 1);
    live(s, 7);
    assert_int_equal(bulletin(s)->epochs_len, 2);
    now = live(s, 22);
    assert_true(now < destroy_at);
    assert_true(key_is_there(s, 1));
    live(s, 23);
    assert_false(key_is_there(s, 1));
    assert_null(epochs_secret(s->k->epochs, 1));
    assert_int_equal(bulletin(s)->epochs[0].number, 2);
    assert_true(key_is_there(s, 2));
}

static void each_change_raises_the_version_by_one_and_the_bulletin_checks(void **state)
{
    struct site *s = *state;
    const uint32_t version = bulletin(s)->version;
    struct bulletin *b = NULL;

    assert_int_equal(ask_admin(s, KH_ROTATE, NULL, 0), OK);
    assert_int_equal(bulletin_read(s->answer, s->answer_len, s->k->site, &b), OK);
    assert_int_equal(b->version, version + 1);
    assert_int_equal(b->epochs_len, 2);
    free(b);
    set_policy(s, 3600, 0);
    assert_int_equal(bulletin(s)->version, version + 2);
    reopen(s);
    assert_int_equal(bulletin(s)->version, version + 2);
}

static void what_was_sealed_to_a_destroyed_epoch_stays_shut(void **state)
{
    struct site *s = *state;
    struct node n;
    struct sealed job;
    struct grant g;

    workstation(s, "alice", ROLE_ORIGIN, &n);
    seal_job_of(s, &n, "alice", &job);
    live(s, 24);
    g = good_grant(s, &n, &job, "alice");
    assert_int_equal(ask_grant(s, &g), ERR_EXPIRED);
    reopen(s);
    assert_int_equal(ask_grant(s, &g), ERR_EXPIRED);
    leave(&n);
}

static void a_destroyed_key_was_overwritten_before_it_was_unlinked(void **state)
{
    struct site *s = *state;
    uint8_t before[KEY_LEN], after[KEY_LEN];
    int fd;

    assert_true((fd = openat(s->k->dirfd, "epoch/1", O_RDONLY | O_CLOEXEC)) >= 0);
    assert_int_equal(file_read_at(fd, 0, before, KEY_LEN), OK);
    assert_memory_equal(before, epochs_secret(s->k->epochs, 1), KEY_LEN);
    assert_int_equal(epochs_destroy(s->k->epochs, 1), OK);
    assert_int_equal(file_read_at(fd, 0, after, KEY_LEN), OK); /* the same file, still open */
    assert_memory_not_equal(before, after, KEY_LEN);
    close(fd);
}

static void a_key_that_was_never_announced_is_destroyed_at_start(void **state)
{
    struct site *s = *state;
    uint8_t public_key[KEY_LEN];

    assert_int_equal(epochs_make(s->k->epochs, 9, public_key), OK);
    assert_true(key_is_there(s, 9));
    reopen(s);
    assert_false(key_is_there(s, 9));
    assert_true(key_is_there(s, 1));
}

/* The folder's last fsync failed: nobody knows which registry the next start will find. */
static void a_rotation_that_may_have_failed_loses_no_key(void **state)
{
    struct site *s = *state;
    uint8_t first[KEY_LEN], again[KEY_LEN];

    assert_int_equal(epochs_make(s->k->epochs, 2, first), OK);
    assert_int_equal(ask_admin(s, KH_ROTATE, NULL, 0), OK);
    memcpy(again, bulletin(s)->epochs[1].public_key, KEY_LEN);
    assert_memory_equal(first, again, KEY_LEN);
    reopen(s);
    assert_non_null(epochs_secret(s->k->epochs, 2));
}

static void longer_retention_keeps_keys_longer_and_shorter_takes_none_earlier(void **state)
{
    struct site *s = *state;
    const uint64_t first = bulletin(s)->epochs[0].destroy_at_unix_ms;

    set_policy(s, 7 * 24 * 3600, 0);
    assert_int_equal(bulletin(s)->epochs[0].destroy_at_unix_ms, first + 5 * DAY_MS);
    set_policy(s, 3600, 0);
    assert_int_equal(bulletin(s)->epochs[0].destroy_at_unix_ms, first + 5 * DAY_MS);
}

static void closed_jobs_are_forgotten_with_their_epoch_and_not_before(void **state)
{
    struct site *s = *state;
    struct node n;
    struct sealed job;
    uint8_t reason;

    workstation(s, "alice", ROLE_ORIGIN, &n);
    seal_job_of(s, &n, "alice", &job);
    assert_int_equal(close_job(s, job.job, CLOSED_CANCELED), OK);
    live(s, 22);
    reopen(s);
    assert_true(jobs_is_closed(s->k->jobs, job.job, &reason));
    live(s, 23);
    assert_false(jobs_is_closed(s->k->jobs, job.job, &reason));
    reopen(s);
    assert_int_equal(jobs_count(s->k->jobs), 0);
    leave(&n);
}

static void thirty_two_epochs_are_enough(void **state)
{
    struct site *s = *state;

    for (int i = 1; i < BULLETIN_EPOCHS_MAX; i++)
        assert_int_equal(ask_admin(s, KH_ROTATE, NULL, 0), OK);
    assert_int_equal(ask_admin(s, KH_ROTATE, NULL, 0), ERR_FULL);
    reopen(s);
    assert_int_equal(bulletin(s)->epochs_len, BULLETIN_EPOCHS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_clock_ten_years_ahead_destroys_nothing, site_new, site_free),
        cmocka_unit_test_setup_teardown(at_the_start_a_clock_is_not_believed_for_an_hour, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_new_epoch_begins_each_week_and_an_old_one_is_destroyed_on_its_day, site_new,
                                        site_free),
        cmocka_unit_test_setup_teardown(each_change_raises_the_version_by_one_and_the_bulletin_checks, site_new,
                                        site_free),
        cmocka_unit_test_setup_teardown(what_was_sealed_to_a_destroyed_epoch_stays_shut, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_destroyed_key_was_overwritten_before_it_was_unlinked, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_key_that_was_never_announced_is_destroyed_at_start, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_rotation_that_may_have_failed_loses_no_key, site_new, site_free),
        cmocka_unit_test_setup_teardown(longer_retention_keeps_keys_longer_and_shorter_takes_none_earlier, site_new,
                                        site_free),
        cmocka_unit_test_setup_teardown(closed_jobs_are_forgotten_with_their_epoch_and_not_before, site_new, site_free),
        cmocka_unit_test_setup_teardown(thirty_two_epochs_are_enough, site_new, site_free),
    };
    return cmocka_run_group_tests(tests, site_make, site_unmake);
}
