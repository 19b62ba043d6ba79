/* SPDX-License-Identifier: Apache-2.0 */
/* repeat: options that may stand more than once, which base/args.h does not know. */
#ifndef FLEET_REPEAT_H
#define FLEET_REPEAT_H

#include <stddef.h>

#include "base/err.h"

struct repeat {
    const char *name; /* "--relay" */
    const char **values;
    size_t max, len;
};

/*
 * Take every "NAME VALUE" and "NAME=VALUE" out of argv, for args_parse() to see the rest.
 * Errors: ERR_CONFIG after a line on standard error: a value is missing, or there are too many.
 */
MUST_USE enum err repeat_take(int *argc, char **argv, struct repeat *r);

#endif
