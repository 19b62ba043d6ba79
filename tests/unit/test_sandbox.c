/* SPDX-License-Identifier: Apache-2.0 */
/* Sandbox: each guard is tripped in a child of its own, beside the same act without the guard, which must succeed. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "tests/unit/child.h"

typedef enum err guard(void);

/* An act answers 0 if it succeeded, else errno. */
struct trial {
    guard *guard; /* NULL: none, the control */
    int (*act)(void);
};

static int answer(long r)
{
    return r >= 0 ? 0 : errno;
}

static int act_exec(void)
{
    char *const argv[] = {(char[]){"true"}, NULL};

    execv("/bin/true", argv); /* on success /bin/true exits 0 for us */
    return errno;
}

static int act_execveat(void)
{
    char *const argv[] = {(char[]){"true"}, NULL};
    int fd = open("/bin/true", O_RDONLY | O_CLOEXEC);

    return fd < 0 ? errno : answer(syscall(SYS_execveat, fd, "", argv, NULL, AT_EMPTY_PATH));
}

static int act_ptrace(void)
{
    return answer(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int act_inet_socket(void)
{
    return answer(socket(AF_INET, SOCK_STREAM, 0));
}

static int act_inet6_socket(void)
{
    return answer(socket(AF_INET6, SOCK_DGRAM, 0));
}

static int act_netlink_socket(void)
{
    return answer(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int act_unix_socket(void)
{
    int pair[2];

    return answer(socket(AF_UNIX, SOCK_STREAM, 0)) + answer(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

/* With arguments that cannot succeed: without the guard the kernel looks at them and finds another fault than EPERM. */
static int act_module(void)
{
    return answer(syscall(SYS_finit_module, -1, "", 0));
}

static int act_io_uring(void)
{
    return answer(syscall(SYS_io_uring_setup, 0, NULL));
}

static int run_trial(void *arg)
{
    const struct trial *t = arg;

    if (t->guard != NULL && t->guard() != OK)
        return 200;
    return t->act();
}

static int outcome(guard *g, int (*act)(void))
{
    return child_exit(run_trial, &(struct trial){g, act});
}

static void other_programs_run_before_the_guards_and_not_after(void **state)
{
    (void)state;
    assert_int_equal(outcome(NULL, act_exec), 0);
    assert_int_equal(outcome(sandbox_no_exec, act_exec), EPERM);
    assert_int_equal(outcome(sandbox_no_network, act_exec), EPERM);
    assert_int_equal(outcome(NULL, act_execveat), 0);
    assert_int_equal(outcome(sandbox_no_exec, act_execveat), EPERM);
    assert_int_equal(outcome(sandbox_no_network, act_execveat), EPERM);
}

static void tracing_works_before_the_guards_and_not_after(void **state)
{
    (void)state;
    assert_int_equal(outcome(NULL, act_ptrace), 0);
    assert_int_equal(outcome(sandbox_no_exec, act_ptrace), EPERM);
    assert_int_equal(outcome(sandbox_no_network, act_ptrace), EPERM);
}

static void network_sockets_open_before_no_network_and_not_after(void **state)
{
    (void)state;
    assert_int_equal(outcome(NULL, act_inet_socket), 0);
    assert_int_equal(outcome(sandbox_no_exec, act_inet_socket), 0);
    assert_int_equal(outcome(sandbox_no_network, act_inet_socket), EPERM);
    assert_int_not_equal(outcome(NULL, act_inet6_socket), EPERM); /* a kernel without IPv6 says EAFNOSUPPORT */
    assert_int_equal(outcome(sandbox_no_network, act_inet6_socket), EPERM);
    assert_int_equal(outcome(NULL, act_netlink_socket), 0);
    assert_int_equal(outcome(sandbox_no_network, act_netlink_socket), EPERM);
}

static void unix_sockets_open_under_every_guard(void **state)
{
    (void)state;
    assert_int_equal(outcome(sandbox_no_network, act_unix_socket), 0);
    assert_int_equal(outcome(sandbox_no_exec, act_unix_socket), 0);
}

/* A container may refuse these by itself, with the guard's own answer; then there is nothing to tell apart. */
static void is_taken_away(int (*act)(void))
{
    if (outcome(NULL, act) == EPERM)
        print_message("this machine refuses the call already without the guard\n");
    assert_int_equal(outcome(sandbox_no_exec, act), EPERM);
    assert_int_equal(outcome(sandbox_no_network, act), EPERM);
}

static void kernel_modules_and_io_uring_are_taken_away(void **state)
{
    (void)state;
    is_taken_away(act_module);
    is_taken_away(act_io_uring);
}

static void *socket_in_a_thread(void *arg)
{
    int *ends = arg;
    char byte;

    if (read(ends[0], &byte, 1) != 1)
        return (void *)(intptr_t)201;
    return (void *)(intptr_t)act_inet_socket();
}

/* A thread that was there before the guard tries after it. */
static int guard_beside_a_thread(void *arg)
{
    const struct trial *t = arg;
    pthread_t thread;
    int ends[2];
    void *r;

    if (pipe(ends) != 0 || pthread_create(&thread, NULL, socket_in_a_thread, ends) != 0)
        return 202;
    if (t->guard != NULL && t->guard() != OK)
        return 200;
    if (write(ends[1], "x", 1) != 1 || pthread_join(thread, &r) != 0)
        return 203;
    return (int)(intptr_t)r;
}

static void a_thread_started_before_the_guard_loses_the_network_too(void **state)
{
    (void)state;
    assert_int_equal(child_exit(guard_beside_a_thread, &(struct trial){NULL, NULL}), 0);
    assert_int_equal(child_exit(guard_beside_a_thread, &(struct trial){sandbox_no_network, NULL}), EPERM);
}

/* Bit 0: dumpable, bit 1: core files allowed. */
static int dump_rights(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_CORE, &limit) != 0)
        return 204;
    return prctl(PR_GET_DUMPABLE) | (limit.rlim_max > 0 ? 2 : 0);
}

static void core_dumps_are_on_before_no_dumps_and_off_after(void **state)
{
    (void)state;
    assert_int_not_equal(outcome(NULL, dump_rights) & 1, 0);
    assert_int_equal(outcome(sandbox_no_dumps, dump_rights), 0);
}

static int act_crash(void)
{
    const struct rlimit any = {RLIM_INFINITY, RLIM_INFINITY};

    signal(SIGABRT, SIG_DFL); /* a sanitizer may have its own handler */
    setrlimit(RLIMIT_CORE, &any);
    raise(SIGABRT);
    return 0;
}

static void a_crash_after_no_dumps_leaves_no_core(void **state)
{
    int status = child_status(run_trial, &(struct trial){sandbox_no_dumps, act_crash});

    (void)state;
    assert_true(WIFSIGNALED(status));
    assert_false(WCOREDUMP(status));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_programs_run_before_the_guards_and_not_after),
        cmocka_unit_test(tracing_works_before_the_guards_and_not_after),
        cmocka_unit_test(network_sockets_open_before_no_network_and_not_after),
        cmocka_unit_test(unix_sockets_open_under_every_guard),
        cmocka_unit_test(kernel_modules_and_io_uring_are_taken_away),
        cmocka_unit_test(a_thread_started_before_the_guard_loses_the_network_too),
        cmocka_unit_test(core_dumps_are_on_before_no_dumps_and_off_after),
        cmocka_unit_test(a_crash_after_no_dumps_leaves_no_core),
    };

    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
