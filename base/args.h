/* SPDX-License-Identifier: Apache-2.0 */
/* args: command lines, the same in every program: "PROGRAM [VERB …] [--name VALUE] [--flag] [operand …]". */
#ifndef BASE_ARGS_H
#define BASE_ARGS_H

#include <stddef.h>

#include "base/err.h"

struct arg {
    const char *name;  /* "relay", for --relay VALUE or --relay=VALUE; NULL ends the list */
    const char *value; /* the value's word in --help ("URL"); NULL: a flag without a value */
    const char *help;  /* one line */
    const char **text; /* where the value goes; may be NULL for a flag */
    int *flag;         /* set to 1 when it is there; may be NULL */
};

struct usage {
    const char *program;
    const char *synopsis; /* "invite --for PERSON [--deliver]" */
    const char *purpose;  /* one sentence or several lines */
    const struct arg *args;
};

/*
 * Parse argv[1…]. --help prints the usage to standard output and exits 0; --version prints the version and exits 0.
 *   operands  what is not an option, in order; at most max; NULL-terminated when there is room
 * Errors: ERR_CONFIG after one line on standard error that names the option and says "see PROGRAM --help".
 */
MUST_USE enum err args_parse(int argc, char **argv, const struct usage *u, const char **operands, size_t max,
                             size_t *count);

#endif
