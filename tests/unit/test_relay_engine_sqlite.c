/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite engine: the suite for every engine, and what only this one promises. */
#include <sqlite3.h>
#include <sys/syscall.h>

#include "relay/engine_sqlite.h"
#include "tests/unit/relay_engine_suite.h"
#include "tests/unit/scratch.h"

static unsigned syncs;

int fdatasync(int fd);

/* The library finds this one before libc's: it counts. */
int fdatasync(int fd)
{
    syncs++;
    return (int)syscall(SYS_fdatasync, fd);
}

static const char *path_of(const struct engine_under_test *t, char out[static 256])
{
    return scratch_path(t->arg, "relay.db", out);
}

static void reopen(struct engine_under_test *t)
{
    char path[256];

    t->engine.close(t->engine.self);
    assert_int_equal(engine_sqlite_open(path_of(t, path), &t->engine), OK);
}

static int set_up(void **state)
{
    struct engine_under_test *t = calloc(1, sizeof *t);
    char path[256];

    if (t == NULL || scratch_new(&t->arg) != 0)
        return -1;
    t->reopen = reopen;
    *state = t;
    return engine_sqlite_open(path_of(t, path), &t->engine) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    struct engine_under_test *t = *state;
    int result;

    t->engine.close(t->engine.self);
    result = scratch_free(&t->arg);
    free(t);
    return result;
}

static void what_revokes_survives_a_power_cut_and_a_message_does_not_wait_for_the_disk(void **state)
{
    static const struct engine_quota wide = {
        .messages = 10, .bytes = 1000, .sender_messages = 10, .sender_bytes = 1000};
    struct engine *e = &((struct engine_under_test *)*state)->engine;
    struct engine_message m = {.bytes = (const uint8_t *)"x", .len = 1, .now_unix_ms = 1, .expires_unix_ms = 2};
    const struct engine_door d = {.expires_unix_ms = 10, .uses = 1};

    syncs = 0;
    assert_int_equal(e->append(e->self, &m, &wide), OK);
    assert_int_equal(syncs, 0);
    assert_int_equal(e->put_bulletin(e->self, m.site, m.bytes, m.len), OK);
    assert_true(syncs > 0);
    syncs = 0;
    assert_int_equal(e->open_door(e->self, &d), OK);
    assert_true(syncs > 0);
    syncs = 0;
    assert_int_equal(e->close_door(e->self, d.site, d.door), OK);
    assert_true(syncs > 0);
    syncs = 0;
    m.id.b[0] = 1;
    assert_int_equal(e->append(e->self, &m, &wide), OK);
    assert_int_equal(syncs, 0);
}

static void a_file_of_a_newer_version_is_left_alone(void **state)
{
    struct engine_under_test *t = *state;
    struct engine other;
    sqlite3 *db = NULL;
    char path[256];

    assert_int_equal(sqlite3_open(path_of(t, path), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(engine_sqlite_open(path, &other), ERR_UNSUPPORTED);
}

static void a_file_that_is_no_database_is_an_error(void **state)
{
    struct engine_under_test *t = *state;
    struct engine other;
    char path[256];

    scratch_write(t->arg, "junk", "this is not a database, but long enough to be read as the head of one: 16 + ...");
    assert_int_equal(engine_sqlite_open(scratch_path(t->arg, "junk", path), &other), ERR_IO);
}

int main(void)
{
    static const struct CMUnitTest own[] = {
        cmocka_unit_test(what_revokes_survives_a_power_cut_and_a_message_does_not_wait_for_the_disk),
        cmocka_unit_test(a_file_of_a_newer_version_is_left_alone),
        cmocka_unit_test(a_file_that_is_no_database_is_an_error),
    };
    const struct {
        const struct CMUnitTest *tests;
        size_t len;
    } parts[] = {{own, sizeof own / sizeof *own},
                 {relay_engine_mail_suite, relay_engine_mail_suite_len},
                 {relay_engine_site_suite, relay_engine_site_suite_len}};
    const size_t most = parts[0].len + parts[1].len + parts[2].len;
    struct CMUnitTest *tests = calloc(most, sizeof *tests);
    size_t n = 0;
    int failed;

    if (tests == NULL)
        return 1;
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
        for (size_t i = 0; i < parts[p].len; i++) {
            tests[n] = parts[p].tests[i];
            tests[n].setup_func = set_up;
            tests[n++].teardown_func = tear_down;
        }
    failed = _cmocka_run_group_tests("relay_engine_sqlite", tests, n, NULL, NULL);
    free(tests);
    return failed;
}
