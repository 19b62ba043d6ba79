/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of devicescout/owner.h. Only root gives anything away, so only root runs them. */
#include "devicescout/owner.h"

#include <signal.h>
#include <sys/stat.h>

#include "tests/unit/child.h"
#include "tests/unit/scratch.h"

#define DAEMON "bin" /* a user that every machine has, and 2 is its number */
#define UID    2
#define RUNS   300 /* the first was enough for a walk by names */

static uid_t owner_of(const struct scratch *s, const char *name)
{
    struct stat st;

    assert_int_equal(fstatat(s->fd, name, &st, AT_SYMLINK_NOFOLLOW), 0);
    return st.st_uid;
}

static void only_root(void)
{
    if (geteuid() != 0)
        skip();
}

/* As the captured daemon, in its own folder: what root has looked at becomes a way out, and back, without end. */
static int swap_for_ever(void *arg)
{
    const struct scratch *s = arg;

    if (setgid(UID) != 0 || setuid(UID) != 0)
        return 1;
    for (;;)
        renameat2(s->fd, "state/audit", s->fd, "state/way-out", RENAME_EXCHANGE);
}

static void a_captured_daemon_is_given_nothing_outside_its_folder(void **state)
{
    struct scratch *s = *state;
    char path[256], name[32];
    pid_t pid;

    only_root();
    assert_int_equal(fchmod(s->fd, 0755), 0);
    assert_int_equal(mkdirat(s->fd, "etc", 0755), 0);
    scratch_write(s, "etc/shadow", "root's");
    assert_int_equal(mkdirat(s->fd, "state", 0700), 0);
    assert_int_equal(mkdirat(s->fd, "state/audit", 0700), 0);
    for (int i = 0; i < 50; i++) { /* time to swap while the folder is read */
        snprintf(name, sizeof name, "state/audit/%d", i);
        scratch_write(s, name, "");
    }
    scratch_write(s, "state/audit/shadow", "its own");
    assert_int_equal(symlinkat("../etc", s->fd, "state/way-out"), 0);
    assert_int_equal(owner_give(scratch_path(s, "state", path), DAEMON), OK);
    assert_true((pid = fork()) >= 0);
    if (pid == 0)
        _exit(swap_for_ever(s));
    for (int i = 0; i < RUNS && owner_of(s, "etc/shadow") == 0; i++) {
        if (owner_give(path, DAEMON) != OK) {
            /* It met a name between two places: a ceremony would say so. */
        }
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    assert_int_equal(owner_of(s, "etc/shadow"), 0);
    assert_int_equal(owner_of(s, "etc"), 0);
}

static void a_file_with_a_second_name_is_not_given_away(void **state)
{
    struct scratch *s = *state;
    char path[256];

    only_root();
    assert_int_equal(mkdirat(s->fd, "state", 0700), 0);
    scratch_write(s, "shadow", "root's");
    assert_int_equal(linkat(s->fd, "shadow", s->fd, "state/key", 0), 0);
    assert_int_equal(owner_give(scratch_path(s, "state", path), DAEMON), ERR_REFUSED);
    assert_int_equal(owner_of(s, "shadow"), 0);
}

static void all_in_a_folder_is_given_and_links_are_not_followed(void **state)
{
    struct scratch *s = *state;
    char path[256];

    only_root();
    scratch_write(s, "outside", "");
    assert_int_equal(mkdirat(s->fd, "state", 0700), 0);
    assert_int_equal(mkdirat(s->fd, "state/audit", 0700), 0);
    scratch_write(s, "state/audit/1", "");
    assert_int_equal(symlinkat("../outside", s->fd, "state/link"), 0);
    assert_int_equal(owner_give(scratch_path(s, "state", path), "2"), OK);
    assert_int_equal(owner_of(s, "state"), UID);
    assert_int_equal(owner_of(s, "state/audit"), UID);
    assert_int_equal(owner_of(s, "state/audit/1"), UID);
    assert_int_equal(owner_of(s, "state/link"), UID);
    assert_int_equal(owner_of(s, "outside"), 0);
    assert_int_equal(owner_give(path, "nobody-of-that-name"), OK); /* and then nothing changes */
    assert_int_equal(owner_of(s, "state"), UID);
}

/* 0: it is the folder's owner and cannot be root again. */
static int become(void *path)
{
    if (owner_become(path) != OK)
        return 1;
    return geteuid() == UID && getegid() == UID && getgroups(0, NULL) == 0 && setuid(0) != 0 ? 0 : 2;
}

static int stay(void *path)
{
    return owner_become(path) == OK && geteuid() == 0 ? 0 : 1;
}

static void a_command_in_a_daemons_folder_is_the_daemon(void **state)
{
    struct scratch *s = *state;
    char path[256], link[256];

    only_root();
    assert_int_equal(mkdirat(s->fd, "state", 0700), 0);
    assert_int_equal(symlinkat("state", s->fd, "link"), 0);
    assert_int_equal(child_exit(stay, (void *)(uintptr_t)scratch_path(s, "state", path)), 0);
    assert_int_equal(fchownat(s->fd, "state", UID, UID, 0), 0);
    assert_int_equal(child_exit(become, path), 0);
    assert_int_equal(owner_become(scratch_path(s, "link", link)), ERR_IO);
    assert_int_equal(owner_become(scratch_path(s, "none", link)), ERR_IO);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_new, scratch_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(a_captured_daemon_is_given_nothing_outside_its_folder),
        IN_SCRATCH(a_file_with_a_second_name_is_not_given_away),
        IN_SCRATCH(all_in_a_folder_is_given_and_links_are_not_followed),
        IN_SCRATCH(a_command_in_a_daemons_folder_is_the_daemon),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
