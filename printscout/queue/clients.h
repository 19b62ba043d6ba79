/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clients: the connections that are open, whose they are, and by when each must have sent a whole request header. A
 * slow client costs a socket for ten seconds, not a thread.
 */
#ifndef QUEUE_CLIENTS_H
#define QUEUE_CLIENTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct clients; /* opaque; any thread may use it */
struct client;  /* one connection; belongs to the list until clients_remove() */

/*
 *   header_ms    how long a client may take for the header of a request, from its connection or its last answer on
 *   account_max  connections of one account, or of one address of the network, at a time; one more is broken at once,
 *                so that nobody keeps the others out; from the network a quarter of them may still owe a header
 */
MUST_USE enum err clients_new(uint64_t header_ms, size_t account_max, struct clients **out);
void clients_free(struct clients *c);

/*
 * A connection was accepted: ask the kernel whose it is.
 *   fd      stays the caller's; it must stay open until clients_remove()
 *   out     on OK the client
 */
MUST_USE enum err clients_add(struct clients *c, int fd, struct client **out);

/* The same for a connection from the network, where addresses count instead of accounts: a /64 of IPv6 is one. */
MUST_USE enum err clients_add_remote(struct clients *c, int fd, struct client **out);

/* Before its socket is closed. NULL is fine. */
void clients_remove(struct clients *c, struct client *client);

/* The account at the other end. ERR_REFUSED: the kernel does not know, or it has too many; nobody is believed. */
MUST_USE enum err client_uid(const struct client *client, uint32_t *uid);

/* Of one from the network: where it comes from, in digits. ERR_REFUSED: not known, or there are too many from there. */
MUST_USE enum err client_address(const struct client *client, const char **out);

/* The header has come: no deadline for now. / The answer is out: the next header may take its time again. */
void clients_header_came(struct clients *c, struct client *client);
void clients_answered(struct clients *c, struct client *client);

/* Break the connections that are past their deadline. Call every second. */
void clients_check(struct clients *c);

#endif
