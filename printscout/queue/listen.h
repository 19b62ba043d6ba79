/* SPDX-License-Identifier: Apache-2.0 */
/* listen: the sockets on which the queue takes IPP. Two of them no other computer can reach; the third is for others.
 */
#ifndef QUEUE_LISTEN_H
#define QUEUE_LISTEN_H

#include "base/err.h"

/*
 * A domain socket that every account may connect to. What a former process left at that path is replaced; a socket that
 * still answers is not.
 * Errors: ERR_EXISTS another process answers there; ERR_LIMIT the path is too long; ERR_IO.
 */
MUST_USE enum err listen_unix(const char *path, int *out);

/*
 * TCP on a loopback address.
 *   port    0: any free one
 *   *bound  receives the port
 * Errors: ERR_FORMAT not an address, ERR_REFUSED not a loopback address; ERR_EXISTS the port is taken; ERR_IO.
 */
MUST_USE enum err listen_loopback(const char *address, int port, int *out, int *bound);

/* The same on any address: "0.0.0.0", or "::" for both kinds. ERR_FORMAT, ERR_EXISTS, ERR_REFUSED a port below 1024. */
MUST_USE enum err listen_network(const char *address, int port, int *out, int *bound);

#endif
