/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox: resource limits and seccomp filters. A filter is allow-all with holes: it takes away, and breaks nothing. */
#include "base/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum err sandbox_no_dumps(void)
{
    const struct rlimit none = {0, 0};

    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return ERR_IO;
    if (prctl(PR_SET_DUMPABLE, 0) != 0)
        return ERR_IO;
    return OK;
}

/* Other programs, other processes' memory, kernel code. io_uring can do any of them, sockets too, past seccomp. */
static const int never[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(bpf),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(perf_event_open),
};

static enum err from_seccomp(int r)
{
    if (r == 0)
        return OK;
    errno = -r;
    return r == -ENOMEM ? ERR_NOMEM : ERR_IO;
}

static enum err load(int unix_only)
{
    scmp_filter_ctx filter = NULL;
    enum err e = ERR_NOMEM;

    if ((filter = seccomp_init(SCMP_ACT_ALLOW)) == NULL)
        goto out;
    /* All threads or none: a thread that was started early must not keep what the others lose. */
    if ((e = from_seccomp(seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1))) != OK)
        goto out;
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        if ((e = from_seccomp(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), never[i], 0))) != OK)
            goto out;
    }
    if (unix_only) {
        const struct scmp_arg_cmp other_family = {.arg = 0, .op = SCMP_CMP_NE, .datum_a = AF_UNIX};

        e = from_seccomp(seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1, &other_family));
        if (e != OK)
            goto out;
    }
    e = from_seccomp(seccomp_load(filter));
out:
    seccomp_release(filter); /* NULL is fine */
    return e;
}

enum err sandbox_no_network(void)
{
    return load(1);
}

enum err sandbox_no_exec(void)
{
    return load(0);
}

static const int compute[] = {
    SCMP_SYS(read),   SCMP_SYS(write),        SCMP_SYS(readv),          SCMP_SYS(writev),
    SCMP_SYS(close),  SCMP_SYS(poll),         SCMP_SYS(ppoll),          SCMP_SYS(brk),
    SCMP_SYS(munmap), SCMP_SYS(mremap),       SCMP_SYS(madvise),        SCMP_SYS(futex),
    SCMP_SYS(exit),   SCMP_SYS(exit_group),   SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(time),   SCMP_SYS(gettimeofday), SCMP_SYS(clock_gettime),  SCMP_SYS(getrandom),
    SCMP_SYS(getpid), SCMP_SYS(gettid),       SCMP_SYS(sched_yield),    SCMP_SYS(sysinfo) /* glibc's qsort */,
};
static const int mapping[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect)};

static enum err allow_computing(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp not_executable = {.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0};
    enum err e;

    for (size_t i = 0; i < sizeof compute / sizeof *compute; i++) {
        if ((e = from_seccomp(seccomp_rule_add(filter, SCMP_ACT_ALLOW, compute[i], 0))) != OK)
            return e;
    }
    for (size_t i = 0; i < sizeof mapping / sizeof *mapping; i++) {
        e = from_seccomp(seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, mapping[i], 1, &not_executable));
        if (e != OK)
            return e;
    }
    return OK;
}

enum err sandbox_only_compute(void)
{
    scmp_filter_ctx filter = NULL;
    enum err e = ERR_NOMEM;

    if ((filter = seccomp_init(SCMP_ACT_KILL_PROCESS)) == NULL)
        goto out;
    if ((e = from_seccomp(seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1))) != OK ||
        (e = allow_computing(filter)) != OK)
        goto out;
    e = from_seccomp(seccomp_load(filter));
out:
    seccomp_release(filter);
    return e;
}
