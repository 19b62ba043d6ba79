/* SPDX-License-Identifier: Apache-2.0 */
/* audit_syslog: a line of the audit chain as a syslog message (RFC 5424), and where it goes: a file, UDP or TCP. */
#ifndef DEVICESCOUT_DESK_AUDIT_SYSLOG_H
#define DEVICESCOUT_DESK_AUDIT_SYSLOG_H

#include "devicescout/audit_chain.h"

#define SYSLOG_MESSAGE_MAX (2 * AUDIT_LINE_MAX)

/*
 * Write one message.
 *   host    this computer's name, as HOSTNAME
 * ERR_LIMIT.
 */
MUST_USE enum err syslog_write(const struct audit_entry *e, const char *host, char out[static SYSLOG_MESSAGE_MAX],
                               size_t *len);

struct syslog_target; /* opaque */

/*
 * Open a target: "udp://HOST:PORT", "tcp://HOST:PORT" (messages framed by their length, RFC 6587 §3.4.1), "-" for
 * standard output, or a file that is appended to (a line each). Errors after a sentence on standard error.
 */
MUST_USE enum err syslog_open(const char *target, struct syslog_target **out);
MUST_USE enum err syslog_send(struct syslog_target *t, const char *message, size_t len);
/* ERR_IO: what was sent last may not have arrived. */
MUST_USE enum err syslog_close(struct syslog_target *t);

#endif
