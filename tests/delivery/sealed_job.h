/* SPDX-License-Identifier: Apache-2.0 */
/* sealed_job: a sealed job in a spool and an order for it, made without queue, site or relay: for tests of delivery. */
#ifndef TESTS_DELIVERY_SEALED_JOB_H
#define TESTS_DELIVERY_SEALED_JOB_H

#include "proto/order.h"
#include "proto/spool.h"

/*
 * Seal a document into jobs/ID/job of the spool, and grant it.
 *   hello_public  the key that the order is wrapped to
 *   recipient     the node
 *   order         receives an order that is good for ORDER_START_MS, but for printer, protocol, URI and pin
 */
MUST_USE enum err sealed_job_make(int spool, const uint8_t *document, size_t len,
                                  const uint8_t hello_public[static KEY_LEN], struct id recipient, struct order *order);

#endif
