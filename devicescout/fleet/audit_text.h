/* SPDX-License-Identifier: Apache-2.0 */
/* audit_text: a line of the audit log for people, on a terminal, whoever's words are in it. */
#ifndef FLEET_AUDIT_TEXT_H
#define FLEET_AUDIT_TEXT_H

#include "devicescout/audit_fields.h"

#define AUDIT_TIME_SIZE 32
#define AUDIT_TEXT_SIZE (3 * AUDIT_LINE_MAX)

/* "2026-11-20T18:02:02.039Z" (RFC 3339), or with a blank for the T; "-" for what is no time. */
const char *audit_time(uint64_t unix_ms, char between, char out[static AUDIT_TIME_SIZE]);

/*
 * A value that can do nothing to a terminal, and of which it can be told what stood there: UTF-8 as it is, but
 * percent-encoded "%", control characters, what turns or hides text, and what is no UTF-8.
 *   also    further bytes to encode
 */
const char *audit_text(const char *value, const char *also, char out[static AUDIT_TEXT_SIZE]);

/*
 * Time, number, event, fields; a value with a blank in it stands in quotes, and what is in unix milliseconds is a
 * time. Of a checkpoint no signature. ERR_IO.
 */
MUST_USE enum err audit_text_print(const struct audit_entry *e);

#endif
