/* SPDX-License-Identifier: Apache-2.0 */
/* program: the queue from its spool to its sockets: put together, run until SIGTERM, taken apart. */
#ifndef QUEUE_PROGRAM_H
#define QUEUE_PROGRAM_H

#include "base/conf.h"

#define PROGRAM_NAME "printscout-queue"

/* Run. Errors: any, after a sentence on standard error. */
MUST_USE enum err program_run(const struct conf *conf);

/* "printscout-queue: WHAT: WHY" on standard error. Returns ERR_IO. */
enum err program_fail(const char *what, const char *why);

#endif
