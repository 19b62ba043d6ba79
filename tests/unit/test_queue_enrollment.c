/* SPDX-License-Identifier: Apache-2.0 */
/* May a job be taken: only on the site's own word, and only while its key is good. */
#include "printscout/queue/enrollment.h"
#include "tests/unit/queue_fixture.h"

static enum err admit(struct queue_fixture *f, const char **why)
{
    struct admission a;

    return enrollment_admit(f->queue.enrollment, &a, why);
}

static void without_a_site_the_sentence_says_enroll(void **state)
{
    const char *why = NULL;

    assert_int_equal(admit(*state, &why), ERR_STATE);
    assert_non_null(strstr(why, "printscout enroll"));
}

static void a_bulletin_signed_by_another_is_as_good_as_none(void **state)
{
    struct queue_fixture *f = *state;
    const char *why;

    queue_fixture_node(f, "alice");
    queue_fixture_bulletin(f, clock_unix_ms() + DAY_MS, (struct id){{0}}, f->site->courier->sign_secret);
    assert_int_equal(admit(f, &why), ERR_STATE);
    assert_non_null(strstr(why, "bulletin"));
}

static void a_node_without_the_sites_certificate_is_not_enrolled(void **state)
{
    struct queue_fixture *f = *state;
    const char *why;

    f->site->courier_certificate[40] ^= 1;
    queue_fixture_enroll(f, "alice");
    assert_int_equal(admit(f, &why), ERR_STATE);
    assert_non_null(strstr(why, "printscout enroll"));
}

static void the_certificate_of_a_device_scout_makes_no_queue(void **state)
{
    struct queue_fixture *f = *state;
    const char *why;

    fixture_certify(f->site, f->site->courier, ROLE_DEVICESCOUT, f->site->courier_certificate);
    queue_fixture_enroll(f, "alice");
    assert_int_equal(admit(f, &why), ERR_STATE);
}

static void a_revoked_node_is_refused_from_the_next_bulletin_on(void **state)
{
    struct queue_fixture *f = *state;
    const char *why;

    queue_fixture_enroll(f, "alice");
    assert_int_equal(admit(f, &why), OK);
    queue_fixture_bulletin(f, clock_unix_ms() + DAY_MS, f->site->courier->node, NULL);
    assert_int_equal(admit(f, &why), ERR_REFUSED);
}

static void an_older_bulletin_does_not_undo_a_newer_one(void **state)
{
    struct queue_fixture *f = *state;
    uint8_t *old = NULL;
    const char *why;
    size_t len;

    queue_fixture_enroll(f, "alice");
    assert_int_equal(file_read(f->queue.spool, SPOOL_BULLETIN, BULLETIN_MAX_LEN, &old, &len), OK);
    queue_fixture_bulletin(f, clock_unix_ms() + DAY_MS, f->site->courier->node, NULL);
    assert_int_equal(admit(f, &why), ERR_REFUSED);
    assert_int_equal(file_replace(f->queue.spool, SPOOL_BULLETIN, old, len, 0600), OK);
    assert_int_equal(admit(f, &why), ERR_REFUSED);
    free(old);
}

static void after_the_epochs_time_nothing_is_taken(void **state)
{
    struct queue_fixture *f = *state;
    const char *why;

    queue_fixture_node(f, "alice");
    queue_fixture_bulletin(f, clock_unix_ms() - 1000, (struct id){{0}}, NULL);
    assert_int_equal(admit(f, &why), ERR_EXPIRED);
    assert_non_null(why);
    queue_fixture_bulletin(f, clock_unix_ms() + DAY_MS, (struct id){{0}}, NULL);
    assert_int_equal(admit(f, &why), OK);
}

static void an_admission_names_site_node_epoch_and_person(void **state)
{
    struct queue_fixture *f = *state;
    struct admission a;
    const char *why = "unchanged";

    queue_fixture_enroll(f, "alice");
    assert_int_equal(enrollment_admit(f->queue.enrollment, &a, &why), OK);
    assert_true(id_equal(a.site, f->site->site));
    assert_true(id_equal(a.node, f->site->courier->node));
    assert_int_equal(a.epoch, 7);
    assert_memory_equal(a.epoch_public_key, f->site->scout->box_public, KEY_LEN);
    assert_string_equal(a.person, "alice");
    assert_int_equal(a.retention_s, 172800);
}

static void a_node_that_is_taken_away_is_not_enrolled_any_more(void **state)
{
    struct queue_fixture *f = *state;
    const char *why;

    queue_fixture_enroll(f, "alice");
    assert_int_equal(admit(f, &why), OK);
    assert_int_equal(file_erase(f->queue.spool, SPOOL_NODE), OK);
    assert_int_equal(admit(f, &why), ERR_STATE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, queue_fixture_new, queue_fixture_free)

/* Whose site/ is, the courier, can write all of that; not what the enrolling one wrote beside it. */
static void another_site_in_the_couriers_folder_is_not_believed(void **state)
{
    struct queue_fixture *f = *state;
    uint8_t ours[KEY_LEN], other[KEY_LEN];
    const char *why;

    queue_fixture_enroll(f, "alice");
    assert_int_equal(admit(f, &why), OK);
    assert_int_equal(spool_site_key_read(f->queue.spool, ours), OK); /* the first one is kept */
    assert_memory_equal(ours, f->site->site_public, KEY_LEN);
    memset(other, 7, sizeof other);
    assert_int_equal(spool_site_key_write(f->queue.spool, other), OK);
    queue_fixture_enroll(f, "alice");
    assert_int_equal(admit(f, &why), ERR_STATE);
    assert_non_null(strstr(why, "printscout enroll"));
    assert_int_equal(spool_site_key_write(f->queue.spool, ours), OK); /* the control */
    queue_fixture_enroll(f, "alice");
    assert_int_equal(admit(f, &why), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_site_the_sentence_says_enroll),
        TEST(a_bulletin_signed_by_another_is_as_good_as_none),
        TEST(a_node_without_the_sites_certificate_is_not_enrolled),
        TEST(the_certificate_of_a_device_scout_makes_no_queue),
        TEST(a_revoked_node_is_refused_from_the_next_bulletin_on),
        TEST(an_older_bulletin_does_not_undo_a_newer_one),
        TEST(after_the_epochs_time_nothing_is_taken),
        TEST(an_admission_names_site_node_epoch_and_person),
        TEST(another_site_in_the_couriers_folder_is_not_believed),
        TEST(a_node_that_is_taken_away_is_not_enrolled_any_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
