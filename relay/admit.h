/* SPDX-License-Identifier: Apache-2.0 */
/* admit: from a request's headers alone: is it well framed, which route is it, and may this client use it? */
#ifndef RELAY_ADMIT_H
#define RELAY_ADMIT_H

#include "relay/request.h"

/*
 * Decide. On success fills route, path, site and session of r and returns status 0.
 *   announced  receives the length that the client says its body has
 * A 400 means that the framing cannot be trusted: nothing more is read from this connection.
 */
struct refusal admit(struct request *r, const char *method, const char *url, uint64_t *announced);

/* Decimal digits, nothing else. ERR_FORMAT; ERR_LIMIT above most. */
MUST_USE enum err admit_number(const char *text, uint64_t most, uint64_t *out);

#endif
