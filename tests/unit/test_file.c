/* SPDX-License-Identifier: Apache-2.0 */
/* Files: whole or not there, through full disks and disks that fail. The linker lets this test stand in for fsync. */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/file.h"
#include "tests/unit/child.h"
#include "tests/unit/scratch.h"

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __wrap_renameat(int from_dir, const char *from, int to_dir, const char *to);

static struct {
    int fail_at;    /* which fsync fails, from 1; 0: none */
    int with;       /* with what errno */
    int fsyncs;     /* how many were asked for */
    char order[16]; /* F fsync of a file, R rename, D fsync of a folder */
} disk;

static void note(char what)
{
    size_t n = strlen(disk.order);

    if (n + 1 < sizeof disk.order)
        disk.order[n] = what;
}

int __wrap_fsync(int fd)
{
    struct stat st;

    note(fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) ? 'D' : 'F');
    if (++disk.fsyncs == disk.fail_at) {
        errno = disk.with;
        return -1;
    }
    return __real_fsync(fd);
}

int __wrap_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    note('R');
    return __real_renameat(from_dir, from, to_dir, to);
}

static int healthy_disk(void **state)
{
    memset(&disk, 0, sizeof disk);
    return scratch_new(state);
}

static void holds(const struct scratch *s, const char *name, const char *text)
{
    uint8_t *bytes = NULL;
    size_t len;

    assert_int_equal(file_read(s->fd, name, 1000, &bytes, &len), OK);
    assert_string_equal((const char *)bytes, text);
    assert_int_equal(len, strlen(text));
    free(bytes);
}

/* Replacing: what fails leaves the old file and nothing else */

static void a_failed_fsync_is_never_retried_and_the_old_file_stands(void **state)
{
    const struct scratch *s = *state;

    scratch_write(s, "state", "old");
    disk.fail_at = 1;
    disk.with = EIO;
    assert_int_equal(file_replace(s->fd, "state", "new", 3, 0600), ERR_IO);
    assert_int_equal(errno, EIO);
    assert_int_equal(disk.fsyncs, 1);
    assert_string_equal(disk.order, "F");
    holds(s, "state", "old");
    assert_int_equal(scratch_count(s), 1);
}

static void a_disk_found_full_by_fsync_is_told_from_a_broken_one(void **state)
{
    const struct scratch *s = *state;

    scratch_write(s, "state", "old");
    disk.fail_at = 1;
    disk.with = EDQUOT;
    assert_int_equal(file_replace(s->fd, "state", "new", 3, 0600), ERR_FULL);
    holds(s, "state", "old");
    assert_int_equal(scratch_count(s), 1);
}

static void a_folder_that_cannot_be_synced_is_an_error(void **state)
{
    const struct scratch *s = *state;

    disk.fail_at = 2;
    disk.with = EIO;
    assert_int_equal(file_replace(s->fd, "state", "new", 3, 0600), ERR_IO);
    assert_string_equal(disk.order, "FRD");
    assert_int_equal(scratch_count(s), 1);
}

static int replace_beyond_the_size_limit(void *arg)
{
    const struct scratch *s = arg;
    const struct rlimit small = {4096, 4096};
    static uint8_t big[8192];

    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &small) != 0)
        return 10;
    return file_replace(s->fd, "state", big, sizeof big, 0600) == ERR_FULL ? 0 : 1;
}

static void a_file_that_outgrows_its_limit_halfway_leaves_the_old_one(void **state)
{
    const struct scratch *s = *state;

    scratch_write(s, "state", "old");
    assert_int_equal(child_exit(replace_beyond_the_size_limit, *state), 0);
    holds(s, "state", "old");
    assert_int_equal(scratch_count(s), 1);
}

static void a_folder_in_the_file_s_place_is_an_error_and_leaves_nothing(void **state)
{
    const struct scratch *s = *state;

    assert_int_equal(mkdirat(s->fd, "state", 0700), 0);
    assert_int_equal(file_replace(s->fd, "state", "new", 3, 0600), ERR_IO);
    assert_int_equal(file_replace(s->fd, "none/state", "new", 3, 0600), ERR_IO);
    assert_int_equal(scratch_count(s), 1);
}

static void a_symbolic_link_is_replaced_and_not_followed(void **state)
{
    const struct scratch *s = *state;

    scratch_write(s, "victim", "mine");
    assert_int_equal(symlinkat("victim", s->fd, "state"), 0);
    assert_int_equal(file_replace(s->fd, "state", "new", 3, 0600), OK);
    holds(s, "victim", "mine");
    holds(s, "state", "new");
}

static void a_file_is_synced_before_its_rename_and_its_folder_after(void **state)
{
    const struct scratch *s = *state;
    struct stat st;
    mode_t before = umask(077);

    assert_int_equal(file_replace(s->fd, "state", "new", 3, 0644), OK);
    umask(before);
    assert_string_equal(disk.order, "FRD");
    holds(s, "state", "new");
    assert_int_equal(fstatat(s->fd, "state", &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0644); /* the mode asked for, whatever the umask */
    assert_int_equal(file_replace(s->fd, "state", "", 0, 0600), OK);
    holds(s, "state", "");
}

/* Reading */

static void a_file_longer_than_allowed_is_a_limit(void **state)
{
    const struct scratch *s = *state;
    uint8_t *bytes = NULL;
    size_t len;

    scratch_write(s, "four", "1234");
    assert_int_equal(file_read(s->fd, "four", 3, &bytes, &len), ERR_LIMIT);
    assert_int_equal(file_read(s->fd, "four", 0, &bytes, &len), ERR_LIMIT);
    assert_int_equal(file_read(AT_FDCWD, "/dev/zero", 5000, &bytes, &len), ERR_LIMIT); /* claims a size of 0 */
    assert_null(bytes);
    assert_int_equal(file_read(s->fd, "four", 4, &bytes, &len), OK);
    assert_int_equal(len, 4);
    free(bytes);
}

/* Another program may write into the folder. This test hangs where the pipe is opened as usual. */
static void a_link_or_a_pipe_in_a_folder_of_ours_is_not_read(void **state)
{
    const struct scratch *s = *state;
    uint8_t *bytes = NULL;
    size_t len;

    assert_int_equal(file_replace(s->fd, "secret", "x", 1, 0600), OK);
    assert_int_equal(symlinkat("secret", s->fd, "link"), 0);
    assert_int_equal(mkfifoat(s->fd, "pipe", 0600), 0);
    assert_int_equal(file_read(s->fd, "link", 10, &bytes, &len), ERR_IO);
    assert_int_equal(file_read(s->fd, "pipe", 10, &bytes, &len), ERR_IO);
    assert_null(bytes);
}

/* A link in the place of a folder on the way: nothing is read, written or erased behind it. */
static void no_path_in_a_folder_of_ours_goes_through_a_link(void **state)
{
    const struct scratch *s = *state;
    uint8_t *bytes = NULL;
    size_t len;

    assert_int_equal(mkdirat(s->fd, "elsewhere", 0700), 0);
    assert_int_equal(file_replace(s->fd, "elsewhere/node", "x", 1, 0600), OK);
    assert_int_equal(mkdirat(s->fd, "spool", 0700), 0);
    assert_int_equal(symlinkat("../elsewhere", s->fd, "spool/site"), 0);
    assert_int_equal(file_read(s->fd, "spool/site/node", 10, &bytes, &len), ERR_IO);
    assert_int_equal(file_replace(s->fd, "spool/site/node", "y", 1, 0644), ERR_IO);
    assert_int_equal(file_replace(s->fd, "spool/site/bulletin", "y", 1, 0644), ERR_IO);
    assert_int_equal(file_erase(s->fd, "spool/site/node"), ERR_IO);
    assert_int_equal(file_read(s->fd, "spool/../elsewhere/node", 10, &bytes, &len), ERR_IO);
    assert_null(bytes);
    holds(s, "elsewhere/node", "x");
    assert_int_equal(faccessat(s->fd, "elsewhere/bulletin", F_OK, 0), -1);
}

static void a_missing_file_is_told_from_a_folder(void **state)
{
    const struct scratch *s = *state;
    uint8_t *bytes = NULL;
    size_t len;

    assert_int_equal(file_read(s->fd, "none", 10, &bytes, &len), ERR_NOTFOUND);
    assert_int_equal(file_read(s->fd, ".", 10, &bytes, &len), ERR_IO);
    assert_null(bytes);
}

static void a_secret_that_others_may_read_is_refused(void **state)
{
    const struct scratch *s = *state;
    uint8_t key[4] = {9, 9, 9, 9};

    scratch_write(s, "key", "1234");
    for (mode_t bit = 01; bit <= 040; bit <<= 1) {
        assert_int_equal(fchmodat(s->fd, "key", 0600 | bit, 0), 0);
        assert_int_equal(file_read_secret(s->fd, "key", key, sizeof key), ERR_REFUSED);
    }
    assert_memory_equal(key, "\x09\x09\x09\x09", 4);
    assert_int_equal(fchmodat(s->fd, "key", 0600, 0), 0);
    assert_int_equal(file_read_secret(s->fd, "key", key, sizeof key), OK);
    assert_memory_equal(key, "1234", 4);
}

static void a_secret_of_another_length_or_kind_is_refused(void **state)
{
    const struct scratch *s = *state;
    uint8_t key[8];

    scratch_write(s, "key", "1234");
    assert_int_equal(file_read_secret(s->fd, "key", key, 3), ERR_FORMAT);
    assert_int_equal(file_read_secret(s->fd, "key", key, 5), ERR_FORMAT);
    assert_int_equal(file_read_secret(s->fd, "none", key, 4), ERR_NOTFOUND);
    assert_int_equal(mkfifoat(s->fd, "fifo", 0600), 0);
    assert_int_equal(file_read_secret(s->fd, "fifo", key, 4), ERR_FORMAT); /* and does not hang */
    assert_int_equal(symlinkat("key", s->fd, "link"), 0);
    assert_int_equal(file_read_secret(s->fd, "link", key, 4), ERR_IO);
}

static void a_read_past_the_end_is_refused(void **state)
{
    const struct scratch *s = *state;
    uint8_t bytes[4];
    int fd;

    scratch_write(s, "four", "1234");
    fd = openat(s->fd, "four", O_RDONLY | O_CLOEXEC);
    assert_int_equal(file_read_at(fd, 1, bytes, 4), ERR_FORMAT);
    assert_int_equal(file_read_at(fd, 4, bytes, 1), ERR_FORMAT);
    assert_int_equal(file_read_at(fd, UINT64_MAX, bytes, 1), ERR_FORMAT);
    assert_int_equal(file_read_at(fd, 4, bytes, 0), OK);
    assert_int_equal(file_read_at(fd, 1, bytes, 3), OK);
    assert_memory_equal(bytes, "234", 3);
    close(fd);
    assert_int_equal(file_read_at(-1, 0, bytes, 1), ERR_IO);
}

/* Writing */

static void a_full_device_and_a_closed_one_are_told_apart(void **state)
{
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(file_write(fd, "x", 1), ERR_FULL);
    close(fd);
    assert_int_equal(file_write(-1, "x", 1), ERR_IO);
    assert_int_equal(file_write(-1, "", 0), OK);
    disk.fail_at = 1;
    disk.with = EIO;
    assert_int_equal(file_sync(0), ERR_IO);
    assert_int_equal(disk.fsyncs, 1);
}

/* Folders */

static void a_second_lock_is_refused_until_the_first_is_closed(void **state)
{
    const struct scratch *s = *state;
    int first = -1, second = -1;

    assert_int_equal(file_lock(s->fd, &first), OK);
    assert_int_equal(file_lock(s->fd, &second), ERR_EXISTS);
    assert_int_equal(second, -1);
    close(first);
    assert_int_equal(file_lock(s->fd, &second), OK);
    close(second);
}

static void a_file_in_the_way_of_a_folder_is_an_error(void **state)
{
    const struct scratch *s = *state;
    char path[256];
    int fd = -1;

    scratch_write(s, "file", "x");
    assert_int_equal(file_open_dir(scratch_path(s, "file", path), 0700, &fd), ERR_IO);
    assert_int_equal(file_open_dir(scratch_path(s, "file/below", path), 0700, &fd), ERR_IO);
    assert_int_equal(file_open_dir("", 0700, &fd), ERR_IO);
    assert_int_equal(fd, -1);
}

static void missing_parents_are_made_and_a_folder_that_is_there_is_taken(void **state)
{
    const struct scratch *s = *state;
    char path[256];
    int fd = -1;

    for (int i = 0; i < 2; i++) {
        assert_int_equal(file_open_dir(scratch_path(s, "a/b//c/", path), 0700, &fd), OK);
        assert_int_equal(file_replace(fd, "state", "x", 1, 0600), OK);
        close(fd);
    }
    holds(s, "a/b/c/state", "x");
}

static void erasing_never_goes_deeper_than_one_folder(void **state)
{
    const struct scratch *s = *state;
    char path[256];
    int fd = -1;

    assert_int_equal(file_open_dir(scratch_path(s, "job/below", path), 0700, &fd), OK);
    close(fd);
    scratch_write(s, "job/below/kept", "x");
    assert_int_equal(file_erase(s->fd, "job"), ERR_IO);
    holds(s, "job/below/kept", "x");
    assert_int_equal(file_erase(s->fd, "none"), ERR_NOTFOUND);
}

static void erasing_follows_no_link(void **state)
{
    const struct scratch *s = *state;
    char path[256];
    int fd = -1;

    assert_int_equal(file_open_dir(scratch_path(s, "target", path), 0700, &fd), OK);
    close(fd);
    scratch_write(s, "target/kept", "x");
    assert_int_equal(symlinkat("target", s->fd, "job"), 0);
    assert_int_equal(file_erase(s->fd, "job"), OK);
    holds(s, "target/kept", "x");
}

static void a_job_s_folder_goes_with_its_files_and_the_parent_is_synced(void **state)
{
    const struct scratch *s = *state;
    char path[256], name[32];
    int fd = -1;

    assert_int_equal(file_open_dir(scratch_path(s, "job", path), 0700, &fd), OK);
    close(fd);
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "job/file-%d", i);
        scratch_write(s, name, "x");
    }
    memset(&disk, 0, sizeof disk);
    assert_int_equal(file_erase(s->fd, "job"), OK);
    assert_string_equal(disk.order, "D");
    assert_int_equal(scratch_count(s), 0);
    scratch_write(s, "file", "x");
    assert_int_equal(file_erase(s->fd, "file"), OK);
    assert_int_equal(scratch_count(s), 0);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, healthy_disk, scratch_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(a_failed_fsync_is_never_retried_and_the_old_file_stands),
        IN_SCRATCH(a_disk_found_full_by_fsync_is_told_from_a_broken_one),
        IN_SCRATCH(a_folder_that_cannot_be_synced_is_an_error),
        IN_SCRATCH(a_file_that_outgrows_its_limit_halfway_leaves_the_old_one),
        IN_SCRATCH(a_folder_in_the_file_s_place_is_an_error_and_leaves_nothing),
        IN_SCRATCH(a_symbolic_link_is_replaced_and_not_followed),
        IN_SCRATCH(a_file_is_synced_before_its_rename_and_its_folder_after),
        IN_SCRATCH(a_file_longer_than_allowed_is_a_limit),
        IN_SCRATCH(a_link_or_a_pipe_in_a_folder_of_ours_is_not_read),
        IN_SCRATCH(no_path_in_a_folder_of_ours_goes_through_a_link),
        IN_SCRATCH(a_missing_file_is_told_from_a_folder),
        IN_SCRATCH(a_secret_that_others_may_read_is_refused),
        IN_SCRATCH(a_secret_of_another_length_or_kind_is_refused),
        IN_SCRATCH(a_read_past_the_end_is_refused),
        IN_SCRATCH(a_full_device_and_a_closed_one_are_told_apart),
        IN_SCRATCH(a_second_lock_is_refused_until_the_first_is_closed),
        IN_SCRATCH(a_file_in_the_way_of_a_folder_is_an_error),
        IN_SCRATCH(missing_parents_are_made_and_a_folder_that_is_there_is_taken),
        IN_SCRATCH(erasing_never_goes_deeper_than_one_folder),
        IN_SCRATCH(erasing_follows_no_link),
        IN_SCRATCH(a_job_s_folder_goes_with_its_files_and_the_parent_is_synced),
    };

    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
