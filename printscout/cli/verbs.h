/* SPDX-License-Identifier: Apache-2.0 */
/* verbs: what `printscout` can be asked to do. Each reads its own arguments, argv[0] being the verb. */
#ifndef PRINTSCOUT_CLI_VERBS_H
#define PRINTSCOUT_CLI_VERBS_H

#include "base/conf.h"

/* The exit status. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

int verb_enroll(int argc, char **argv);
int verb_jobs(int argc, char **argv);
int verb_cancel(int argc, char **argv);
int verb_status(int argc, char **argv);

/* "printscout: " and a sentence to standard error. Returns EXIT_FAILED. */
int verb_complain(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
