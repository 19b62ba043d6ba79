/* SPDX-License-Identifier: Apache-2.0 */
/* dial: a TCP connection within a time limit. */
#ifndef PRINTERS_DIAL_H
#define PRINTERS_DIAL_H

#include <stdint.h>

#include "base/err.h"

/*
 * Connect to any address of host.
 *   out     on OK a non-blocking descriptor for close()
 * Errors: ERR_NOTFOUND no such host; ERR_UNREACHABLE; ERR_TIMEOUT.
 */
MUST_USE enum err dial(const char *host, uint16_t port, uint64_t timeout_ms, int *out);

/* Wait for POLLIN or POLLOUT until CLOCK_BOOTTIME deadline_ms. ERR_TIMEOUT; ERR_IO. */
MUST_USE enum err dial_wait(int fd, short events, uint64_t deadline_ms);

#endif
