/* SPDX-License-Identifier: Apache-2.0 */
/* base32: RFC 4648 §6 without padding, for codes that people type: groups of five with hyphens, either case. */
#ifndef PROTO_BASE32_H
#define PROTO_BASE32_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Digits, hyphens and the NUL for len bytes. */
#define BASE32_SIZE(len) (((len)*8 + 4) / 5 + ((len)*8 + 4) / 25 + 1)

/* text has room for BASE32_SIZE(len). */
void base32_write(const uint8_t *bytes, size_t len, char *text);

/*
 * Hyphens and white space are skipped.
 *   out     size bytes; wiping what was left there by a failure is the caller's
 * Errors: ERR_FORMAT a character that is no digit, or bits left over that are not zero; ERR_LIMIT longer than size.
 */
MUST_USE enum err base32_read(const char *text, uint8_t *out, size_t size, size_t *len);

#endif
