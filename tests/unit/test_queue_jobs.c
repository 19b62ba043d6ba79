/* SPDX-License-Identifier: Apache-2.0 */
/* The table of jobs, and what it and the spool tell each other. */
#include "tests/unit/queue_fixture.h"

/* A job in the table that waits for its document. */
static void add(struct queue_fixture *f, uint32_t number, uint32_t uid)
{
    const struct words *w = NULL;

    assert_int_equal(
        words_new(&(struct words){.title = "secret plan", .account = "alice", .owner = "alice", .format = ""}, &w), OK);
    assert_int_equal(
        jobs_add(f->queue.jobs, &(struct job_new){.number = number, .uid = uid, .created_unix_ms = 1, .words = w}, 5),
        OK);
    words_drop(w);
}

/* A folder in jobs/ as an upload leaves it. */
static struct id make_folder(const struct queue_fixture *f, uint32_t number, uint32_t uid, char letter)
{
    const struct spool_queue q = {.job_number = number, .uid = uid, .created_unix_ms = 1, .document_bytes = 9};
    const struct id id = fixture_id(letter);
    char path[SPOOL_PATH_SIZE];
    uint8_t bytes[64];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    assert_int_equal(mkdirat(f->queue.spool, spool_path(path, SPOOL_JOBS, id, NULL), 0700), 0);
    assert_int_equal(spool_queue_encode(&q, &b), OK);
    assert_int_equal(
        file_replace(f->queue.spool, spool_path(path, SPOOL_JOBS, id, SPOOL_FILE_QUEUE), b.start, b.len, 0600), OK);
    return id;
}

static void courier_says(const struct queue_fixture *f, struct id id, enum job_state state, int pending)
{
    const struct spool_state s = {.state = (uint8_t)state,
                                  .report_pending = (uint8_t)pending,
                                  .changed_unix_ms = 5000,
                                  .impressions = 3,
                                  .printer = "colour"};

    assert_int_equal(spool_state_write(f->queue.spool, id, &s), OK);
}

static int folder_is_there(const struct queue_fixture *f, struct id id)
{
    char path[SPOOL_PATH_SIZE];

    return faccessat(f->queue.spool, spool_path(path, SPOOL_JOBS, id, NULL), F_OK, 0) == 0;
}

static enum job_state state_of(struct queue_fixture *f, uint32_t number)
{
    struct job_view v;
    enum job_state s;

    assert_int_equal(jobs_view(f->queue.jobs, number, &v), OK);
    s = v.state;
    job_view_clear(&v);
    return s;
}

/* A held job, in table and spool. */
static struct id hold(struct queue_fixture *f, uint32_t number, char letter)
{
    struct id id;

    add(f, number, 1000);
    assert_int_equal(jobs_document_begin(f->queue.jobs, number), OK);
    id = make_folder(f, number, 1000, letter);
    assert_int_equal(jobs_document_end(f->queue.jobs, number, &(struct job_document){.id = id, .bytes = 9}), OK);
    return id;
}

/* The next process on the same spool. */
static uint32_t restart(struct queue_fixture *f)
{
    uint32_t highest = 0;

    jobs_free(f->queue.jobs);
    assert_int_equal(jobs_new(f->queue.spool, &f->queue.jobs), OK);
    assert_int_equal(jobs_restore(f->queue.jobs, f->queue.people, &highest), OK);
    return highest;
}

static void what_was_arriving_is_gone_after_a_restart(void **state)
{
    struct queue_fixture *f = *state;
    char path[SPOOL_PATH_SIZE], name[33];

    assert_int_equal(mkdirat(f->queue.spool, spool_path(path, SPOOL_INCOMING, fixture_id('i'), NULL), 0700), 0);
    assert_int_equal(
        file_replace(f->queue.spool, spool_path(path, SPOOL_INCOMING, fixture_id('i'), SPOOL_FILE_JOB), "x", 1, 0600),
        OK);
    assert_int_equal(restart(f), 0);
    assert_int_equal(queue_fixture_count(f, SPOOL_INCOMING, name), 0);
}

static void a_damaged_record_is_left_alone_and_hides_no_other_job(void **state)
{
    struct queue_fixture *f = *state;
    char path[SPOOL_PATH_SIZE];
    const struct id damaged = make_folder(f, 1, 1000, 'd');
    struct job_view v;

    make_folder(f, 2, 1000, 'e');
    assert_int_equal(
        file_replace(f->queue.spool, spool_path(path, SPOOL_JOBS, damaged, SPOOL_FILE_QUEUE), "junk", 4, 0600), OK);
    assert_int_equal(restart(f), 2);
    assert_int_equal(jobs_view(f->queue.jobs, 1, &v), ERR_NOTFOUND);
    assert_int_equal(state_of(f, 2), JOB_HELD);
    assert_true(folder_is_there(f, damaged));
}

static void a_held_job_survives_a_restart_without_its_title(void **state)
{
    struct queue_fixture *f = *state;
    struct job_view v;

    hold(f, 17, 'h');
    assert_int_equal(restart(f), 17);
    assert_int_equal(jobs_view(f->queue.jobs, 17, &v), OK);
    assert_int_equal(v.state, JOB_HELD);
    assert_int_equal(v.uid, 1000);
    assert_int_equal(v.document_bytes, 9);
    assert_string_equal(v.words->title, WORDS_PLACEHOLDER);
    job_view_clear(&v);
}

static void a_final_job_is_cleared_away_at_the_next_start_unless_its_report_is_still_to_go(void **state)
{
    struct queue_fixture *f = *state;
    const struct id done = hold(f, 1, 'a'), pending = hold(f, 2, 'b');

    courier_says(f, done, JOB_DELIVERED, 0);
    courier_says(f, pending, JOB_DELIVERED, 1);
    restart(f);
    assert_false(folder_is_there(f, done));
    assert_true(folder_is_there(f, pending));
    courier_says(f, pending, JOB_DELIVERED, 0);
    restart(f);
    assert_false(folder_is_there(f, pending));
}

static void the_couriers_word_is_read_when_somebody_asks(void **state)
{
    struct queue_fixture *f = *state;
    const struct id id = hold(f, 1, 'c');
    struct job_view v;

    assert_int_equal(state_of(f, 1), JOB_HELD);
    courier_says(f, id, JOB_DELIVERING, 0);
    assert_int_equal(state_of(f, 1), JOB_DELIVERING);
    courier_says(f, id, JOB_DELIVERED, 1);
    assert_int_equal(jobs_view(f->queue.jobs, 1, &v), OK);
    assert_int_equal(v.state, JOB_DELIVERED);
    assert_int_equal(v.completed_unix_ms, 5000);
    assert_int_equal(v.impressions, 3);
    assert_string_equal(v.printer, "colour");
    job_view_clear(&v);
    assert_int_equal(jobs_open_count(f->queue.jobs, 1000), 0);
    jobs_sweep(f->queue.jobs); /* it stays as history */
    assert_int_equal(state_of(f, 1), JOB_DELIVERED);
    assert_true(folder_is_there(f, id));
}

static void canceling_a_held_job_tells_the_courier_and_survives_a_restart(void **state)
{
    struct queue_fixture *f = *state;
    const struct id id = hold(f, 1, 'c');
    char path[SPOOL_PATH_SIZE];

    assert_int_equal(jobs_cancel(f->queue.jobs, 1), OK);
    assert_int_equal(faccessat(f->queue.spool, spool_path(path, SPOOL_JOBS, id, SPOOL_FILE_CANCEL), F_OK, 0), 0);
    assert_int_equal(state_of(f, 1), JOB_CANCELED);
    restart(f);
    assert_int_equal(state_of(f, 1), JOB_CANCELED);
    assert_int_equal(jobs_open_count(f->queue.jobs, 1000), 0);
}

static void a_job_that_prints_has_the_couriers_word_not_the_cancels(void **state)
{
    struct queue_fixture *f = *state;
    const struct id id = hold(f, 1, 'c');
    struct job_view v;

    courier_says(f, id, JOB_DELIVERING, 0);
    assert_int_equal(jobs_cancel(f->queue.jobs, 1), OK);
    assert_int_equal(jobs_view(f->queue.jobs, 1, &v), OK);
    assert_int_equal(v.state, JOB_DELIVERING);
    assert_true(v.is_stopping);
    job_view_clear(&v);
    courier_says(f, id, JOB_DELIVERED, 0);
    assert_int_equal(state_of(f, 1), JOB_DELIVERED);
    assert_int_equal(jobs_cancel(f->queue.jobs, 1), ERR_STATE);
}

static void a_job_that_is_canceled_while_it_arrives_is_not_wanted_any_more(void **state)
{
    struct queue_fixture *f = *state;

    add(f, 1, 1000);
    assert_int_equal(jobs_document_begin(f->queue.jobs, 1), OK);
    assert_true(jobs_document_is_wanted(f->queue.jobs, 1));
    assert_int_equal(jobs_cancel(f->queue.jobs, 1), OK);
    assert_false(jobs_document_is_wanted(f->queue.jobs, 1));
    jobs_document_broke(f->queue.jobs, 1);
    assert_int_equal(state_of(f, 1), JOB_CANCELED);
    assert_int_equal(jobs_document_begin(f->queue.jobs, 1), ERR_STATE);
}

static void a_cancel_during_the_last_fsync_is_told_to_whoever_ends_the_document(void **state)
{
    struct queue_fixture *f = *state;
    struct id id;

    add(f, 1, 1000);
    assert_int_equal(jobs_document_begin(f->queue.jobs, 1), OK);
    id = make_folder(f, 1, 1000, 'c');
    assert_int_equal(jobs_cancel(f->queue.jobs, 1), OK);
    assert_int_equal(jobs_document_end(f->queue.jobs, 1, &(struct job_document){.id = id, .bytes = 9}), ERR_STATE);
    assert_int_equal(jobs_cancel(f->queue.jobs, 1), OK);
    assert_int_equal(state_of(f, 1), JOB_CANCELED);
}

static void a_job_takes_one_document_at_a_time_and_one_in_all(void **state)
{
    struct queue_fixture *f = *state;
    struct id id;

    add(f, 1, 1000);
    assert_int_equal(jobs_document_begin(f->queue.jobs, 1), OK);
    assert_int_equal(jobs_document_begin(f->queue.jobs, 1), ERR_EXISTS);
    jobs_document_broke(f->queue.jobs, 1);
    assert_int_equal(jobs_document_begin(f->queue.jobs, 1), OK);
    id = make_folder(f, 1, 1000, 'x');
    assert_int_equal(jobs_document_end(f->queue.jobs, 1, &(struct job_document){.id = id, .bytes = 9}), OK);
    assert_int_equal(jobs_document_begin(f->queue.jobs, 1), ERR_EXISTS);
    assert_int_equal(jobs_document_begin(f->queue.jobs, 2), ERR_NOTFOUND);
}

static void an_account_has_so_many_jobs_and_no_more(void **state)
{
    struct queue_fixture *f = *state;
    const struct words *w = NULL;

    for (uint32_t n = 1; n <= 5; n++)
        add(f, n, 1000);
    assert_int_equal(words_new(&(struct words){.title = "", .account = "", .owner = "", .format = ""}, &w), OK);
    assert_int_equal(jobs_add(f->queue.jobs, &(struct job_new){.number = 6, .uid = 1000, .words = w}, 5), ERR_LIMIT);
    assert_int_equal(jobs_add(f->queue.jobs, &(struct job_new){.number = 6, .uid = 1001, .words = w}, 5), OK);
    assert_int_equal(jobs_cancel(f->queue.jobs, 3), OK);
    assert_int_equal(jobs_add(f->queue.jobs, &(struct job_new){.number = 7, .uid = 1000, .words = w}, 5), OK);
    words_drop(w);
}

static void a_place_is_free_as_soon_as_the_courier_has_ended_a_job(void **state)
{
    struct queue_fixture *f = *state;
    struct id id;

    for (uint32_t number = 1; number < 5; number++)
        add(f, number, 1000);
    id = hold(f, 5, 'e');
    courier_says(f, id, JOB_CANCELED, 0);
    add(f, 6, 1000);
}

static void a_list_has_ones_own_jobs_in_order(void **state)
{
    struct queue_fixture *f = *state;
    uint32_t *numbers = NULL;
    size_t count;

    add(f, 5, 1000);
    add(f, 2, 1001);
    add(f, 1, 1000);
    assert_int_equal(jobs_list(f->queue.jobs, 1000, &numbers, &count), OK);
    assert_int_equal(count, 2);
    assert_int_equal(numbers[0], 1);
    assert_int_equal(numbers[1], 5);
    free(numbers);
    assert_int_equal(jobs_list(f->queue.jobs, JOBS_ANY_UID, &numbers, &count), OK);
    assert_int_equal(count, 3);
    free(numbers);
    jobs_remove(f->queue.jobs, 2);
    assert_int_equal(jobs_queued_count(f->queue.jobs), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, queue_fixture_new, queue_fixture_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_arriving_is_gone_after_a_restart),
        TEST(a_damaged_record_is_left_alone_and_hides_no_other_job),
        TEST(a_held_job_survives_a_restart_without_its_title),
        TEST(a_final_job_is_cleared_away_at_the_next_start_unless_its_report_is_still_to_go),
        TEST(the_couriers_word_is_read_when_somebody_asks),
        TEST(canceling_a_held_job_tells_the_courier_and_survives_a_restart),
        TEST(a_job_that_prints_has_the_couriers_word_not_the_cancels),
        TEST(a_job_that_is_canceled_while_it_arrives_is_not_wanted_any_more),
        TEST(a_cancel_during_the_last_fsync_is_told_to_whoever_ends_the_document),
        TEST(a_job_takes_one_document_at_a_time_and_one_in_all),
        TEST(an_account_has_so_many_jobs_and_no_more),
        TEST(a_place_is_free_as_soon_as_the_courier_has_ended_a_job),
        TEST(a_list_has_ones_own_jobs_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
