/* SPDX-License-Identifier: Apache-2.0 */
/* password: get one from a file or a terminal, for ceremonies. */
#ifndef DEVICESCOUT_PASSWORD_H
#define DEVICESCOUT_PASSWORD_H

#include <stddef.h>

#include "base/err.h"

#define PASSWORD_LEAST 8 /* bytes; it guards the root against who steals the whole state, at 256 MiB a guess */

/*
 * The first line of a file, without its end. out is locked memory.
 * Errors: ERR_CONFIG after a line on standard error: no such file, too short, too long.
 */
MUST_USE enum err password_from_file(const char *path, char *out, size_t size);

/* The same of a password that others chose, however short: a person's, a token. */
MUST_USE enum err password_line(const char *path, char *out, size_t size);

/* Ask twice on the terminal, showing nothing. Errors: ERR_CONFIG after a line on standard error: no terminal, they
 * differ, too short. */
MUST_USE enum err password_from_terminal(const char *prompt, const char *again, char *out, size_t size);

#endif
