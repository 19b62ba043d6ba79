/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue_ask: IPP requests to this computer's queue over its domain socket, where the kernel tells the queue who asks.
 * libcurl carries them, libcups only codes them.
 */
#ifndef PRINTSCOUT_CLI_QUEUE_ASK_H
#define PRINTSCOUT_CLI_QUEUE_ASK_H

#include "base/conf.h"
#include "printscout/ipp_bytes.h"

#define QUEUE_URI "ipp://localhost/ipp/print" /* the socket is the address; this is what IPP wants in printer-uri */

/* A request with printer-uri and requesting-user-name in it; NULL when memory ran out. */
ipp_t *queue_request(ipp_op_t op);

/*
 * Ask, and free request.
 *   conf    for queue-socket
 *   answer  on OK for ippDelete(); its status is the caller's to judge
 * Errors: ERR_UNREACHABLE nobody serves the socket, or it may not be opened; ERR_PEER; ERR_TIMEOUT; ERR_NOMEM.
 */
MUST_USE enum err queue_ask(const struct conf *conf, ipp_t *request, ipp_t **answer);

#endif
