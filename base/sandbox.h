/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox: what a daemon gives up before it reads its first byte from outside. Each call ships with a test that trips
 * it. */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include "base/err.h"

/* No core files, no ptrace by the same user: RLIMIT_CORE 0, PR_SET_DUMPABLE 0. For every program that holds a secret.
 */
MUST_USE enum err sandbox_no_dumps(void);

/* seccomp: from now on socket(2) makes only AF_UNIX, and execve, ptrace and kernel-module calls fail with EPERM. */
MUST_USE enum err sandbox_no_network(void);

/* seccomp: execve, ptrace and kernel-module calls fail with EPERM; the network stays. */
MUST_USE enum err sandbox_no_exec(void);

/*
 * seccomp: from now on only memory, time, and reading and writing what is open already. Anything else, and memory that
 * could be executed, ends the process. For one that reads what somebody made up.
 */
MUST_USE enum err sandbox_only_compute(void);

#endif
