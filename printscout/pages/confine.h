/* SPDX-License-Identifier: Apache-2.0 */
/* confine: what a process gives up before it reads a document that somebody made up. */
#ifndef PRINTSCOUT_PAGES_CONFINE_H
#define PRINTSCOUT_PAGES_CONFINE_H

#include "base/err.h"

#define CONFINE_MEMORY_MAX ((size_t)384 << 20) /* address space: libraries, the document, and what reading it takes */
#define CONFINE_CPU_S      2

/*
 * From now on no file, no network, no process, no more memory or processor time than the bounds above, and nothing of
 * memory can reach a disk: it is locked, or the machine has no swap. Whatever else is tried ends the process.
 * Errors: ERR_LIMIT memory cannot be locked (RLIMIT_MEMLOCK); ERR_IO.
 */
MUST_USE enum err confine(void);

#endif
