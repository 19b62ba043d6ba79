/* SPDX-License-Identifier: Apache-2.0 */
/* confine: limits, locked memory, then the filter, which forbids changing any of it. */
#include "printscout/pages/confine.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>

#include "base/sandbox.h"

static int limit(__rlimit_resource_t what, rlim_t most)
{
    return setrlimit(what, &(struct rlimit){most, most}) == 0;
}

static int has_no_swap(void)
{
    struct sysinfo s;

    return sysinfo(&s) == 0 && s.totalswap == 0;
}

/* What is mapped later is locked as it is used, and counts against RLIMIT_MEMLOCK from the start. */
static enum err lock_memory(void)
{
    if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0)
        return OK;
    return has_no_swap() ? OK : ERR_LIMIT;
}

enum err confine(void)
{
    enum err e;

    /* One file, the document: poll() refuses to look at more than the limit. */
    if (!limit(RLIMIT_CPU, CONFINE_CPU_S) || !limit(RLIMIT_FSIZE, 0) || !limit(RLIMIT_NOFILE, 1) ||
        !limit(RLIMIT_CORE, 0))
        return ERR_IO;
#ifdef LATCHKEY_SANITIZED /* it reserves terabytes of addresses, and has calls of its own */
    (void)lock_memory;
    e = OK;
#else
    if (!limit(RLIMIT_AS, CONFINE_MEMORY_MAX))
        return ERR_IO;
    if ((e = lock_memory()) == OK)
        e = sandbox_only_compute();
#endif
    return e;
}
