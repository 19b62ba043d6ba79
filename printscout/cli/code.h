/* SPDX-License-Identifier: Apache-2.0 */
/* code: the invitation code from standard input: pasted at a terminal without echo, or through a pipe. */
#ifndef PRINTSCOUT_CLI_CODE_H
#define PRINTSCOUT_CLI_CODE_H

#include "proto/join.h"

/* Errors: ERR_NOTFOUND nothing came; ERR_FORMAT it is no code, or mistyped; ERR_IO. */
MUST_USE enum err code_read(struct invitation *out);

#endif
