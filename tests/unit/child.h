/* SPDX-License-Identifier: Apache-2.0 */
/* child: a function run in a process of its own, for tests that give rights up or end the program. */
#ifndef TESTS_UNIT_CHILD_H
#define TESTS_UNIT_CHILD_H

#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/cmocka_test.h"

/* Run fn(arg) in a child that ends with what it returns; returns waitpid's status. */
static inline int child_status(int (*fn)(void *), void *arg)
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        _exit(fn(arg)); /* no exit handlers: neither cmocka's nor a sanitizer's belong to the child */
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

/* The same for a child that must end by itself: its exit code. */
static inline int child_exit(int (*fn)(void *), void *arg)
{
    int status = child_status(fn, arg);

    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

#endif
