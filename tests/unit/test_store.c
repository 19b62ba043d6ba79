/* SPDX-License-Identifier: Apache-2.0 */
/* store: a damaged file costs nothing but what was in it, and holds nothing that a person could read. */
#include "devicescout/jobs/store.h"

#include "tests/unit/jobs_fixture.h"
#include "tests/unit/scratch.h"

struct seen {
    size_t jobs, nodes, closed;
    struct job job;
    uint8_t description[64];
    uint8_t certificate[CERTIFICATE_LEN];
    struct id closed_job, closed_node;
};

static void see_job(void *arg, const struct job *j)
{
    struct seen *s = arg;

    s->jobs++;
    s->job = *j;
    memcpy(s->description, j->description, j->description_len);
}

static void see_node(void *arg, const uint8_t certificate[static CERTIFICATE_LEN])
{
    struct seen *s = arg;

    s->nodes++;
    memcpy(s->certificate, certificate, CERTIFICATE_LEN);
}

static void see_closed(void *arg, struct id job, struct id node, const uint8_t record[static CLOSED_LEN])
{
    struct seen *s = arg;

    (void)record;
    s->closed++;
    s->closed_job = job;
    s->closed_node = node;
}

static struct store *open_store(const struct scratch *folder, struct seen *seen)
{
    const struct store_reader reader = {see_job, see_node, see_closed, seen};
    struct store *s = NULL;
    char path[256];

    memset(seen, 0, sizeof *seen);
    assert_int_equal(store_open(scratch_path(folder, "index.sqlite", path), &s), OK);
    store_read(s, &reader);
    return s;
}

static void a_damaged_file_is_replaced_by_an_empty_one(void **state)
{
    struct seen seen;
    char rubbish[8192];

    memset(rubbish, 'x', sizeof rubbish - 1);
    rubbish[sizeof rubbish - 1] = '\0';
    scratch_write(*state, "index.sqlite", rubbish);
    store_close(open_store(*state, &seen));
    assert_int_equal(seen.jobs, 0);
    store_close(open_store(*state, &seen));
}

static void what_was_put_is_there_after_a_restart_and_what_was_dropped_is_not(void **state)
{
    const uint8_t record[CLOSED_LEN] = {1}, certificate[CERTIFICATE_LEN] = {2};
    uint8_t description[] = "sealed bytes";
    struct job j = {.id = id_of(1),
                    .origin = id_of(2),
                    .number = 7,
                    .description = description,
                    .description_len = sizeof description,
                    .state = JOB_FAILED,
                    .reason = REASON_PRINTER_STOPPED,
                    .order = id_of(3)};
    struct seen seen;
    struct store *s = open_store(*state, &seen);

    store_put_job(s, &j);
    j.id = id_of(4);
    store_put_job(s, &j);
    store_drop_job(s, id_of(4));
    store_put_node(s, id_of(2), certificate);
    store_put_closed(s, id_of(5), id_of(2), record);
    store_put_closed(s, id_of(6), id_of(2), record);
    store_drop_closed(s, id_of(6));
    store_close(s);

    store_close(open_store(*state, &seen));
    assert_int_equal(seen.jobs, 1);
    assert_true(id_equal(seen.job.id, id_of(1)) && id_equal(seen.job.origin, id_of(2)));
    assert_true(id_equal(seen.job.order, id_of(3)));
    assert_int_equal(seen.job.number, 7);
    assert_int_equal(seen.job.state, JOB_FAILED);
    assert_int_equal(seen.job.reason, REASON_PRINTER_STOPPED);
    assert_memory_equal(seen.description, description, sizeof description);
    assert_int_equal(seen.nodes, 1);
    assert_memory_equal(seen.certificate, certificate, sizeof certificate);
    assert_int_equal(seen.closed, 1);
    assert_true(id_equal(seen.closed_job, id_of(5)) && id_equal(seen.closed_node, id_of(2)));
}

static void titles_and_people_never_reach_the_disk(void **state)
{
    uint8_t description[] = "sealed bytes";
    struct index_limits limits = {10, 10};
    const struct ticket t = ticket_of("a-title-that-must-not-be-seen", 1);
    struct index *ix = NULL;
    struct job *j;
    struct seen seen;
    struct store *s = open_store(*state, &seen);
    char command[256];

    assert_int_equal(index_new(&limits, &ix), OK);
    assert_int_equal(index_put(ix, id_of(1), id_of(2), 1, description, sizeof description, &j), OK);
    assert_int_equal(index_describe(ix, j, "a-person-that-must-not-be-seen", "owner", &t), OK);
    store_put_job(s, j);
    store_close(s);
    index_free(ix);
    snprintf(command, sizeof command, "grep -rqa must-not-be-seen %s", ((struct scratch *)*state)->path);
    assert_int_not_equal(system(command), 0);
    snprintf(command, sizeof command, "grep -rqa 'sealed bytes' %s", ((struct scratch *)*state)->path);
    assert_int_equal(system(command), 0); /* the control: the same search finds what is there */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_damaged_file_is_replaced_by_an_empty_one, scratch_new, scratch_free),
        cmocka_unit_test_setup_teardown(what_was_put_is_there_after_a_restart_and_what_was_dropped_is_not, scratch_new,
                                        scratch_free),
        cmocka_unit_test_setup_teardown(titles_and_people_never_reach_the_disk, scratch_new, scratch_free),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
