/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/spool.h"

#include <sys/stat.h>

#include "tests/unit/hostile.h"
#include "tests/unit/proto_fixture.h"
#include "tests/unit/scratch.h"

struct world {
    struct fixture *fixture;
    struct scratch *scratch;
    int spool;
};

static int world_new(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    if (w == NULL || fixture_new((void **)&w->fixture) != 0 || scratch_new((void **)&w->scratch) != 0 ||
        spool_open(w->scratch->path, &w->spool) != OK)
        return -1;
    *state = w;
    return 0;
}

static int world_free(void **state)
{
    struct world *w = *state;

    close(w->spool);
    scratch_free((void **)&w->scratch);
    fixture_free((void **)&w->fixture);
    free(w);
    return 0;
}

static void make_job(const struct world *w, struct id job)
{
    char path[SPOOL_PATH_SIZE];

    assert_int_equal(mkdirat(w->spool, spool_path(path, SPOOL_JOBS, job, NULL), 0700), 0);
}

static void put(const struct world *w, const char *path, const void *bytes, size_t len)
{
    int fd = openat(w->spool, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), len);
    close(fd);
}

static size_t get(const struct world *w, const char *path, uint8_t *out, size_t size)
{
    int fd = openat(w->spool, path, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    assert_true(fd >= 0);
    n = read(fd, out, size);
    assert_true(n >= 0);
    close(fd);
    return (size_t)n;
}

struct seen {
    size_t count;
    struct id last;
    enum err answer;
};

static enum err see(void *arg, struct id job)
{
    struct seen *s = arg;

    s->count++;
    s->last = job;
    return s->answer;
}

static void names_that_are_no_ids_are_not_jobs(void **state)
{
    static const char *const strange[] = {
        "jobs/..a",
        "jobs/0123456789abcdef0123456789abcde",    /* a digit short */
        "jobs/0123456789abcdef0123456789abcdef0",  /* one more */
        "jobs/0123456789ABCDEF0123456789ABCDEF",   /* upper case is another name for the same id */
        "jobs/0123456789abcdef0123456789abcdeg",   /* no digit */
        "jobs/0123456789abcdef0123456789abcdef.x", /* a suffix */
        "jobs/ 123456789abcdef0123456789abcdef",
        "jobs/.0123456789abcdef0123456789abcdef",
    };
    struct world *w = *state;
    struct seen s = {0};

    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++)
        assert_int_equal(mkdirat(w->spool, strange[i], 0700), 0);
    put(w, "jobs/00000000000000000000000000000000", "", 0); /* a file, not a folder */
    assert_int_equal(symlinkat("/", w->spool, "jobs/11111111111111111111111111111111"), 0);
    assert_int_equal(spool_each(w->spool, see, &s), OK);
    assert_int_equal(s.count, 0);
    make_job(w, fixture_id('j'));
    assert_int_equal(spool_each(w->spool, see, &s), OK);
    assert_int_equal(s.count, 1);
    assert_true(id_equal(s.last, fixture_id('j')));
}

static void an_error_of_the_callback_ends_the_walk(void **state)
{
    struct world *w = *state;
    struct seen s = {.answer = ERR_NOMEM};

    make_job(w, fixture_id('a'));
    make_job(w, fixture_id('b'));
    assert_int_equal(spool_each(w->spool, see, &s), ERR_NOMEM);
    assert_int_equal(s.count, 1);
}

static struct spool_state state_of(void)
{
    struct spool_state s = {.state = JOB_FAILED,
                            .reason = REASON_PRINTER_REFUSED,
                            .report_pending = 1,
                            .changed_unix_ms = 1764000000000,
                            .order = fixture_id('o'),
                            .sent_bytes = 16384,
                            .impressions = 3,
                            .printer_state_reasons = "media-empty-error",
                            .printer = "printer.example",
                            .report_len = 200};

    memset(s.report, 7, s.report_len);
    return s;
}

struct file { /* a reader_fn's argument: which file of which world to put the bytes into */
    const struct world *w;
    const char *path;
};

static enum err read_state(void *arg, const uint8_t *bytes, size_t len)
{
    const struct file *f = arg;
    struct spool_state s;

    put(f->w, f->path, bytes, len);
    return spool_state_read(f->w->spool, fixture_id('j'), &s);
}

static void a_state_file_cut_anywhere_is_refused(void **state)
{
    struct world *w = *state;
    struct spool_state s = state_of();
    char path[SPOOL_PATH_SIZE];
    uint8_t bytes[4096];
    struct file f = {w, spool_path(path, SPOOL_JOBS, fixture_id('j'), SPOOL_FILE_STATE)};

    make_job(w, fixture_id('j'));
    assert_int_equal(spool_state_write(w->spool, fixture_id('j'), &s), OK);
    each_cut_is_refused(read_state, &f, bytes, get(w, path, bytes, sizeof bytes));
}

static void state_files_with_values_beyond_the_tables_are_refused(void **state)
{
    struct world *w = *state;
    struct spool_state s = state_of();
    char path[SPOOL_PATH_SIZE];
    uint8_t bytes[4096];
    struct file f = {w, spool_path(path, SPOOL_JOBS, fixture_id('j'), SPOOL_FILE_STATE)};
    size_t len;

    make_job(w, fixture_id('j'));
    assert_int_equal(spool_state_write(w->spool, fixture_id('j'), &s), OK);
    len = get(w, path, bytes, sizeof bytes);
    bytes[0] = 2;
    assert_int_equal(read_state(&f, bytes, len), ERR_UNSUPPORTED);
    bytes[0] = 1;
    bytes[1] = JOB_STATE_COUNT;
    assert_int_equal(read_state(&f, bytes, len), ERR_FORMAT);
    bytes[1] = JOB_NONE;
    assert_int_equal(read_state(&f, bytes, len), ERR_FORMAT);
    bytes[1] = JOB_HELD;
    bytes[2] = JOB_REASON_COUNT;
    assert_int_equal(read_state(&f, bytes, len), ERR_FORMAT);
    bytes[2] = REASON_NONE;
    bytes[3] = 2;
    assert_int_equal(read_state(&f, bytes, len), ERR_FORMAT);
    s.state = JOB_STATE_COUNT;
    assert_int_equal(spool_state_write(w->spool, fixture_id('j'), &s), ERR_FORMAT);
}

static void a_state_is_read_as_it_was_written_and_a_job_without_one_has_none(void **state)
{
    struct world *w = *state;
    struct spool_state s = state_of(), read;

    make_job(w, fixture_id('j'));
    assert_int_equal(spool_state_read(w->spool, fixture_id('j'), &read), ERR_NOTFOUND);
    assert_int_equal(spool_state_write(w->spool, fixture_id('j'), &s), OK);
    assert_int_equal(spool_state_read(w->spool, fixture_id('j'), &read), OK);
    assert_int_equal(read.state, JOB_FAILED);
    assert_int_equal(read.reason, REASON_PRINTER_REFUSED);
    assert_int_equal(read.report_pending, 1);
    assert_int_equal(read.changed_unix_ms, s.changed_unix_ms);
    assert_true(id_equal(read.order, s.order));
    assert_int_equal(read.sent_bytes, 16384);
    assert_int_equal(read.impressions, 3);
    assert_string_equal(read.printer_state_reasons, s.printer_state_reasons);
    assert_string_equal(read.printer, s.printer);
    assert_int_equal(read.report_len, s.report_len);
    assert_memory_equal(read.report, s.report, s.report_len);
}

static void the_longest_state_fits(void **state)
{
    struct world *w = *state;
    struct spool_state s = state_of(), read;

    make_job(w, fixture_id('j'));
    memset(s.printer_state_reasons, 'r', sizeof s.printer_state_reasons - 1);
    memset(s.printer, 'p', sizeof s.printer - 1);
    s.report_len = REPORT_MAX_LEN;
    assert_int_equal(spool_state_write(w->spool, fixture_id('j'), &s), OK);
    assert_int_equal(spool_state_read(w->spool, fixture_id('j'), &read), OK);
    s.report_len++;
    assert_int_equal(spool_state_write(w->spool, fixture_id('j'), &s), ERR_LIMIT);
}

static enum err read_queue(void *arg, const uint8_t *bytes, size_t len)
{
    const struct file *f = arg;
    struct spool_queue q;

    put(f->w, f->path, bytes, len);
    return spool_queue_read(f->w->spool, fixture_id('j'), &q);
}

static void a_queue_file_is_read_whole_or_not_at_all(void **state)
{
    struct world *w = *state;
    struct spool_queue q = {.job_number = 42,
                            .uid = 1000,
                            .created_unix_ms = 5,
                            .document_bytes = 6,
                            .expires_unix_ms = 7},
                       read;
    char path[SPOOL_PATH_SIZE];
    uint8_t bytes[64];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);
    struct file f = {w, spool_path(path, SPOOL_JOBS, fixture_id('j'), SPOOL_FILE_QUEUE)};

    make_job(w, fixture_id('j'));
    assert_int_equal(spool_queue_read(w->spool, fixture_id('j'), &read), ERR_NOTFOUND);
    assert_int_equal(spool_queue_encode(&q, &b), OK);
    assert_int_equal(b.len, 33);
    each_cut_is_refused(read_queue, &f, bytes, b.len);
    put(w, path, bytes, b.len);
    assert_int_equal(spool_queue_read(w->spool, fixture_id('j'), &read), OK);
    assert_int_equal(read.job_number, 42);
    assert_int_equal(read.uid, 1000);
    assert_int_equal(read.created_unix_ms, 5);
    assert_int_equal(read.document_bytes, 6);
    assert_int_equal(read.expires_unix_ms, 7);
    bytes[0] = 2;
    assert_int_equal(read_queue(&f, bytes, b.len), ERR_UNSUPPORTED);
}

static enum err read_node(void *arg, const uint8_t *bytes, size_t len)
{
    const struct file *f = arg;
    struct spool_node n;

    put(f->w, f->path, bytes, len);
    return spool_node_read(f->w->spool, &n);
}

static void a_node_file_is_read_whole_or_not_at_all(void **state)
{
    struct world *w = *state;
    struct spool_node n = {.node = w->fixture->courier->node, .person = "alice"}, read;
    struct file f = {w, SPOOL_NODE};
    uint8_t bytes[1024];

    memcpy(n.site_public, w->fixture->site_public, KEY_LEN);
    memcpy(n.certificate, w->fixture->courier_certificate, CERTIFICATE_LEN);
    assert_int_equal(spool_node_read(w->spool, &read), ERR_NOTFOUND);
    assert_int_equal(spool_node_write(w->spool, &n), OK);
    each_cut_is_refused(read_node, &f, bytes, get(w, SPOOL_NODE, bytes, sizeof bytes));
    assert_int_equal(spool_node_write(w->spool, &n), OK);
    assert_int_equal(spool_node_read(w->spool, &read), OK);
    assert_true(id_equal(read.node, n.node));
    assert_string_equal(read.person, "alice");
    assert_memory_equal(read.site_public, n.site_public, KEY_LEN);
    assert_memory_equal(read.certificate, n.certificate, CERTIFICATE_LEN);
}

static void a_spool_that_is_there_is_opened_as_it_is(void **state)
{
    struct world *w = *state;
    struct stat st;
    int again;

    make_job(w, fixture_id('j'));
    assert_int_equal(spool_open(w->scratch->path, &again), OK);
    close(again);
    assert_int_equal(fstatat(w->spool, SPOOL_JOBS, &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 02770); /* for the group of queue and courier, and for nobody else */
}

static void a_path_names_the_folder_or_a_file_in_it(void **state)
{
    char path[SPOOL_PATH_SIZE];

    (void)state;
    assert_string_equal(spool_path(path, SPOOL_JOBS, (struct id){{0xab}}, NULL),
                        "jobs/ab000000000000000000000000000000");
    assert_string_equal(spool_path(path, SPOOL_INCOMING, (struct id){{0xab}}, SPOOL_FILE_DESCRIPTION),
                        "incoming/ab000000000000000000000000000000/description");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_that_are_no_ids_are_not_jobs, world_new, world_free),
        cmocka_unit_test_setup_teardown(an_error_of_the_callback_ends_the_walk, world_new, world_free),
        cmocka_unit_test_setup_teardown(a_state_file_cut_anywhere_is_refused, world_new, world_free),
        cmocka_unit_test_setup_teardown(state_files_with_values_beyond_the_tables_are_refused, world_new, world_free),
        cmocka_unit_test_setup_teardown(a_state_is_read_as_it_was_written_and_a_job_without_one_has_none, world_new,
                                        world_free),
        cmocka_unit_test_setup_teardown(the_longest_state_fits, world_new, world_free),
        cmocka_unit_test_setup_teardown(a_queue_file_is_read_whole_or_not_at_all, world_new, world_free),
        cmocka_unit_test_setup_teardown(a_node_file_is_read_whole_or_not_at_all, world_new, world_free),
        cmocka_unit_test_setup_teardown(a_spool_that_is_there_is_opened_as_it_is, world_new, world_free),
        cmocka_unit_test_setup_teardown(a_path_names_the_folder_or_a_file_in_it, world_new, world_free),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
