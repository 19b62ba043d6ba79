/* SPDX-License-Identifier: Apache-2.0 */
/* owner_tcp: the kernel's answer to "whose socket is the other end of this TCP connection?". For owner.c. */
#ifndef QUEUE_OWNER_TCP_H
#define QUEUE_OWNER_TCP_H

#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"

/*
 *   ours    this end's address, as getsockname says
 *   peer    the other end's, as getpeername says
 * Errors: ERR_REFUSED no such socket on this computer, or its owner has closed it; ERR_IO.
 */
MUST_USE enum err owner_of_tcp(const struct sockaddr_storage *ours, const struct sockaddr_storage *peer, uint32_t *uid);

#endif
