/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events: the event stream of a mailbox. An idle stream is a suspended connection and a timer. Each message becomes one
 * event when libmicrohttpd asks for bytes, so a slow reader holds one message in memory and no queue.
 */
#ifndef RELAY_EVENTS_H
#define RELAY_EVENTS_H

#include "relay/request.h"

/* The request is over; NULL stream is fine. */
void events_free(struct request *r);

#endif
