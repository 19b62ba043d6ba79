/* SPDX-License-Identifier: Apache-2.0 */
/* format_tool: what its verbs share, and the verbs about jobs (format_jobs.c). arg is what stands behind the verb. */
#ifndef TESTS_REFERENCE_FORMAT_TOOL_H
#define TESTS_REFERENCE_FORMAT_TOOL_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/secret.h"

void print_hex(const uint8_t *bytes, size_t len); /* and a newline */
MUST_USE enum err write_file(const char *path, const void *bytes, size_t len);
MUST_USE enum err read_file(const char *path, uint8_t **out, size_t *len); /* free() it */
MUST_USE enum err public_of(const uint8_t secret_key[static KEY_LEN], uint8_t public_key[static KEY_LEN]);

enum err run_seal(char **arg);
enum err run_open(char **arg);
enum err run_describe(char **arg);

#endif
