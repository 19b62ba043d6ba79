/* SPDX-License-Identifier: Apache-2.0 */
/* What a confined reader cannot do: each act ends it or fails, and succeeds in a process that is not confined. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "printscout/pages/confine.h"
#include "tests/unit/child.h"

struct trial {
    int (*act)(void); /* 0: it succeeded */
    int confined;
};

static int act_open(void)
{
    return open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0;
}

static int act_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) < 0;
}

static int act_fork(void)
{
    const pid_t child = fork();

    if (child == 0)
        _exit(0);
    return child < 0;
}

static int act_signal(void)
{
    return kill(getppid(), 0) != 0;
}

static int act_executable(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}

static int act_limits(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_CPU, &limit) != 0;
}

static int act_much_memory(void)
{
    void *much = mmap(NULL, (size_t)1 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return much == MAP_FAILED;
}

static int act_long_work(void)
{
    const clock_t start = clock();

    while (clock() - start < (CONFINE_CPU_S + 1) * CLOCKS_PER_SEC)
        ;
    return 0;
}

static int act_memory(void)
{
    char *some = malloc(8 << 20);

    if (some == NULL)
        return 1;
    some[1 << 20] = 1;
    free(some);
    return 0;
}

static int run(void *arg)
{
    const struct trial *t = arg;

    if (t->confined && confine() != OK)
        return 9;
    return t->act();
}

static void nothing_but_computing_is_possible(void **state)
{
    static int (*const acts[])(void) = {act_open,       act_socket, act_fork,     act_signal,
                                        act_executable, act_limits, act_long_work};

    (void)state;
#ifdef LATCHKEY_SANITIZED
    skip();
#endif
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        const int status = child_status(run, &(struct trial){.act = acts[i], .confined = 1});

        if (!WIFSIGNALED(status))
            fail_msg("act %zu was not ended: %x", i, (unsigned)status);
        if (acts[i] != act_long_work)
            assert_int_equal(child_exit(run, &(struct trial){.act = acts[i]}), 0);
    }
}

static void memory_has_a_bound_and_below_it_is_there(void **state)
{
    (void)state;
#ifdef LATCHKEY_SANITIZED
    skip();
#endif
    assert_int_equal(child_exit(run, &(struct trial){.act = act_much_memory}), 0);
    assert_int_equal(child_exit(run, &(struct trial){.act = act_much_memory, .confined = 1}), 1);
    assert_int_equal(child_exit(run, &(struct trial){.act = act_memory, .confined = 1}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_but_computing_is_possible),
        cmocka_unit_test(memory_has_a_bound_and_below_it_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
