/* SPDX-License-Identifier: Apache-2.0 */
/* listen: the relay's listening socket. */
#ifndef RELAY_LISTEN_H
#define RELAY_LISTEN_H

#include <stdint.h>

#include "base/err.h"

/*
 * Bind and listen.
 *   address  digits; "::" takes IPv4 too
 *   port     0 for a free one; receives the port that it is
 *   out      on OK a descriptor for the caller to close()
 * Errors: ERR_CONFIG not an address; ERR_IO with errno.
 */
MUST_USE enum err listen_open(const char *address, uint16_t *port, int *out);

#endif
