/* SPDX-License-Identifier: Apache-2.0 */
/* tls: is this certificate one to serve with? Found out at the start, in words, and not at a client's first handshake.
 */
#ifndef QUEUE_TLS_H
#define QUEUE_TLS_H

#include "base/err.h"

/* Not before 1.2, whatever a client asks for. */
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"

/*
 *   certificate  PEM, the server's own first
 *   key          PEM
 *   why          on an error what is wrong; on OK NULL, or what clients will not like; static
 * Errors: ERR_FORMAT not such texts; ERR_AUTH they do not belong together.
 */
MUST_USE enum err tls_check(const char *certificate, const char *key, const char **why);

#endif
