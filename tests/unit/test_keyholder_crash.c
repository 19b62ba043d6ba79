/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keyholder is killed at each system call that changes its state, in the middle of a write too, and started again:
 * it comes up, what it had answered is still true, and what it had not can be asked again. This file's own write(),
 * fsync() and so on take the place of libc's for all that is linked into the test.
 */
#include "devicescout/keyholder/calendar.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/file.h"
#include "tests/unit/keyholder_fixture.h"

#define KILLED 77

static long calls_left = -1; /* -1: never */

static int is_last_call(void)
{
    return calls_left >= 0 && calls_left-- == 0;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    if (is_last_call()) {
        (void)!syscall(SYS_write, fd, bytes, len / 2);
        _exit(KILLED);
    }
    return syscall(SYS_write, fd, bytes, len);
}

int fsync(int fd)
{
    if (is_last_call())
        _exit(KILLED);
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    if (is_last_call())
        _exit(KILLED);
    return (int)syscall(SYS_fdatasync, fd);
}

int renameat(int from, const char *old, int to, const char *name)
{
    if (is_last_call())
        _exit(KILLED);
    return (int)syscall(SYS_renameat2, from, old, to, name, 0);
}

int unlinkat(int dir, const char *name, int flags)
{
    if (is_last_call())
        _exit(KILLED);
    return (int)syscall(SYS_unlinkat, dir, name, flags);
}

struct scene {
    struct site s;
    struct node alice, carol; /* carol has not joined yet */
    struct invitation code;
    struct sealed job, ordered;
    struct grant g;
    struct order open; /* of the job "ordered" */
    struct sealed kept;
    struct grant kept_grant;
    struct order kept_open; /* which says that the job stays */
    struct id delegation;   /* carol's to dave */
    uint32_t version;
};

static enum err do_grant(struct scene *c)
{
    return ask_grant(&c->s, &c->g);
}
static void check_grant(struct scene *c, int done)
{
    const enum err e = ask_grant(&c->s, &c->g);

    assert_true(done ? e == ERR_STATE : e == OK || e == ERR_STATE);
}

static enum err do_report(struct scene *c)
{
    struct report r = report_on(&c->open, JOB_DELIVERED, REASON_NONE);

    return tell(&c->s, &r, &c->alice);
}
static void check_report(struct scene *c, int done)
{
    uint8_t reason;

    if (done)
        assert_true(jobs_is_closed(c->s.k->jobs, c->ordered.job, &reason));
    assert_int_equal(do_report(c), OK);
    assert_true(jobs_is_closed(c->s.k->jobs, c->ordered.job, &reason));
}

static enum err do_close(struct scene *c)
{
    return close_job(&c->s, c->job.job, CLOSED_CANCELED);
}
static void check_close(struct scene *c, int done)
{
    if (done)
        assert_int_equal(ask_grant(&c->s, &c->g), ERR_REPLAY);
    assert_int_equal(do_close(c), OK);
}

static enum err do_join(struct scene *c)
{
    return join_with(&c->s, &c->code, &c->carol);
}
static void check_join(struct scene *c, int done)
{
    if (done)
        assert_non_null(registry_node(c->s.k->registry, c->carol.keys->node));
    assert_int_equal(do_join(c), OK); /* the node asks again: its one use is still its own */
    assert_int_equal(say_hello(&c->s, &c->carol, 1), OK);
}

static enum err do_revoke(struct scene *c)
{
    return ask_admin(&c->s, KH_REVOKE, c->alice.keys->node.b, ID_LEN);
}
static void check_revoke(struct scene *c, int done)
{
    const enum err e = do_revoke(c);

    assert_true(done ? e == ERR_EXISTS : e == OK || e == ERR_EXISTS);
    assert_true(bulletin_is_revoked(&c->s.k->registry->bulletin, c->alice.keys->node));
}

static enum err do_rotate(struct scene *c)
{
    return ask_admin(&c->s, KH_ROTATE, NULL, 0);
}
static void check_rotate(struct scene *c, int done)
{
    const size_t epochs = c->s.k->registry->bulletin.epochs_len;

    assert_true(done ? epochs == 3 : epochs == 2 || epochs == 3);
    assert_int_equal(do_rotate(c), OK);
}

/* The first of two epochs is due. */
static enum err do_destroy(struct scene *c)
{
    const uint64_t due = c->s.k->registry->bulletin.epochs[0].destroy_at_unix_ms;

    c->s.k->clock_offset_ms = due - 5000000;
    c->s.k->settled_boot_ms = 1;
    calendar_tick(c->s.k, due, 5000000);
    return c->s.k->registry->bulletin.epochs[0].number == 1 ? ERR_IO : OK;
}
static void check_destroy(struct scene *c, int done)
{
    if (done)
        assert_int_not_equal(c->s.k->registry->bulletin.epochs[0].number, 1);
    else if (c->s.k->registry->bulletin.epochs[0].number == 1)
        assert_int_equal(do_destroy(c), OK);
    assert_int_not_equal(faccessat(c->s.k->dirfd, "epoch/1", F_OK, 0), 0);
    assert_null(epochs_secret(c->s.k->epochs, 1));
}

static enum err delegate(struct site *s, const char *from, const char *to)
{
    uint8_t body[64];
    struct wbuf b = wbuf_of(body, sizeof body);

    assert_int_equal(wbuf_text16(&b, from), OK);
    assert_int_equal(wbuf_text16(&b, to), OK);
    assert_int_equal(wbuf_u64(&b, clock_unix_ms() + 60000), OK);
    assert_int_equal(wbuf_u8(&b, BY_PASSWORD), OK);
    return ask_scout(s, KH_DELEGATE, body, b.len);
}

static int may(const struct scene *c, const char *from, const char *to)
{
    return delegations_find(c->s.k->delegations, from, to, clock_unix_ms()) != NULL;
}

static enum err do_delegate(struct scene *c)
{
    return delegate(&c->s, "alice", "bob");
}
static void check_delegate(struct scene *c, int done)
{
    char *log = audit_text(&c->s);

    assert_true(!done || may(c, "alice", "bob"));
    assert_true(!may(c, "alice", "bob") || strstr(log, " from=alice to=bob ") != NULL); /* never in silence */
    free(log);
    assert_true(may(c, "carol", "dave")); /* what was there is there */
    assert_int_equal(do_delegate(c), OK);
}

static enum err do_undelegate(struct scene *c)
{
    uint8_t body[64];
    struct wbuf b = wbuf_of(body, sizeof body);

    assert_int_equal(wbuf_id(&b, c->delegation), OK);
    assert_int_equal(wbuf_text16(&b, "carol"), OK);
    return ask_scout(&c->s, KH_UNDELEGATE, body, b.len);
}
static void check_undelegate(struct scene *c, int done)
{
    const enum err expected = may(c, "carol", "dave") ? OK : ERR_NOTFOUND;

    assert_true(!done || expected == ERR_NOTFOUND);
    assert_int_equal(do_undelegate(c), expected);
    assert_false(may(c, "carol", "dave"));
}

static enum err do_keep(struct scene *c)
{
    struct report r = report_on(&c->kept_open, JOB_HELD, REASON_KEPT);

    return tell(&c->s, &r, &c->alice);
}
static void check_keep(struct scene *c, int done)
{
    if (!done)
        assert_int_equal(do_keep(c), OK);
    assert_int_equal(ask_grant(&c->s, &c->kept_grant), OK);
    assert_int_equal(ask_grant(&c->s, &c->kept_grant), ERR_STATE); /* one order at a time */
}

static const struct {
    const char *name;
    enum err (*act)(struct scene *c);
    void (*check)(struct scene *c, int done);
} operations[] = {{"grant", do_grant, check_grant},
                  {"report", do_report, check_report},
                  {"close", do_close, check_close},
                  {"join", do_join, check_join},
                  {"revoke", do_revoke, check_revoke},
                  {"rotate", do_rotate, check_rotate},
                  {"delegate", do_delegate, check_delegate},
                  {"undelegate", do_undelegate, check_undelegate},
                  {"keep", do_keep, check_keep},
                  {"destroy", do_destroy, check_destroy}};

static void prepare(struct scene *c, struct site *s)
{
    memset(c, 0, sizeof *c);
    workstation(s, "alice", ROLE_ORIGIN, &c->alice);
    assert_int_equal(node_keys_new(&c->carol.keys), OK);
    assert_int_equal(invite(s, "carol", ROLE_ORIGIN, 1, &c->code), OK);
    assert_int_equal(ask_admin(s, KH_ROTATE, NULL, 0), OK);
    seal_job_of(s, &c->alice, "alice", &c->job);
    seal_job_of(s, &c->alice, "alice", &c->ordered);
    c->g = good_grant(s, &c->alice, &c->ordered, "alice");
    assert_int_equal(ask_grant(s, &c->g), OK);
    read_order(s, &c->open);
    c->g = good_grant(s, &c->alice, &c->job, "alice");
    set_policy(s, 48 * 3600, POLICY_RAW_ALLOWED | POLICY_KEEP_ALLOWED);
    seal_job_of(s, &c->alice, "alice", &c->kept);
    c->kept_grant = good_grant(s, &c->alice, &c->kept, "alice");
    c->kept_grant.keep = 1;
    assert_int_equal(ask_grant(s, &c->kept_grant), OK);
    read_order(s, &c->kept_open);
    assert_int_equal(delegate(s, "carol", "dave"), OK);
    memcpy(c->delegation.b, s->answer, ID_LEN);
    c->version = s->k->registry->bulletin.version;
    keeper_free(s->k);
    s->k = NULL;
}

/* In a process of its own: 0 when it was done before the kill. */
static int act_and_die(struct scene *c, size_t operation, long calls)
{
    int status;
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        enum err e;

        if (open_site(&c->s) != OK)
            _exit(1);
        calls_left = calls;
        e = operations[operation].act(c);
        calls_left = -1;
        _exit(e == OK ? 0 : 2);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void killed_at_any_call_it_comes_up_and_keeps_its_word(void **state)
{
    struct site *s = *state;
    struct scene c;

    prepare(&c, s);
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        int ended = KILLED;

        for (long calls = 0; ended == KILLED; calls++) {
            uint32_t version;

            strcpy(c.s.path, "/tmp/latchkey-test-XXXXXX");
            assert_non_null(mkdtemp(c.s.path));
            run("cp -a -- %s/. %s", s->path, c.s.path);
            c.s.colour = s->colour;
            ended = act_and_die(&c, i, calls);
            if (ended != 0 && ended != KILLED)
                fail_msg("%s, call %ld: ended with %d", operations[i].name, calls, ended);
            if (open_site(&c.s) != OK)
                fail_msg("%s, killed at call %ld: it does not come up", operations[i].name, calls);
            version = c.s.k->registry->bulletin.version;
            assert_in_range(version, c.version, c.version + 2); /* destroy comes with a new epoch */
            operations[i].check(&c, ended == 0);
            keeper_free(c.s.k);
            assert_int_equal(open_site(&c.s), OK); /* and once more, after what was done since */
            keeper_free(c.s.k);
            c.s.k = NULL;
            run("rm -rf -- %s%s", c.s.path, "");
            assert_true(calls < 200);
        }
    }
    leave(&c.alice);
    leave(&c.carol);
}

/* A registry that a bad disk has changed anywhere is not believed. */
static void a_damaged_registry_is_refused(void **state)
{
    struct site *s = *state;
    struct registry *r = NULL;
    uint8_t *bytes = NULL;
    size_t len = 0;
    char path[256];
    int fd;

    assert_int_equal(file_read(s->k->dirfd, REGISTRY_FILE, 1 << 20, &bytes, &len), OK);
    snprintf(path, sizeof path, "%s/" REGISTRY_FILE, s->path);
    assert_true((fd = open(path, O_RDWR | O_CLOEXEC)) >= 0);
    for (size_t at = 0; at < len; at++) {
        const uint8_t changed = bytes[at] ^ 0x10;

        assert_int_equal(pwrite(fd, &changed, 1, (off_t)at), 1);
        assert_int_equal(registry_load(s->k->dirfd, s->k->site, &r), ERR_FORMAT);
        assert_int_equal(pwrite(fd, &bytes[at], 1, (off_t)at), 1);
    }
    for (size_t cut = 0; cut < len; cut += 7) {
        assert_int_equal(ftruncate(fd, (off_t)(len - 1 - cut)), 0);
        assert_int_equal(registry_load(s->k->dirfd, s->k->site, &r), ERR_FORMAT);
    }
    close(fd);
    free(bytes);
}

static void a_second_keyholder_on_the_same_state_does_not_start(void **state)
{
    struct site *s = *state;
    struct keeper *second = NULL;
    const struct keeper_opts opts = {.state = s->path, .grants_per_minute = 1, .delivery_timeout_ms = 1};

    assert_int_equal(keeper_open(&opts, &second), ERR_EXISTS);
    assert_null(second);
}

static void secrets_that_others_may_read_are_refused(void **state)
{
    struct site *s = *state;
    char path[256];

    keeper_free(s->k);
    s->k = NULL;
    snprintf(path, sizeof path, "%s/" KEEPER_IDENTITY, s->path);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(open_site(s), ERR_REFUSED);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(open_site(s), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(killed_at_any_call_it_comes_up_and_keeps_its_word, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_damaged_registry_is_refused, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_second_keyholder_on_the_same_state_does_not_start, site_new, site_free),
        cmocka_unit_test_setup_teardown(secrets_that_others_may_read_are_refused, site_new, site_free),
    };
    return cmocka_run_group_tests(tests, site_make, site_unmake);
}
