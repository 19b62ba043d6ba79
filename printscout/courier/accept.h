/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accept: may this order be obeyed? All that a courier checks before it journals an order, in one place. The order's
 * signature was checked by order_read(), and that its id is new by the journal.
 */
#ifndef PRINTSCOUT_COURIER_ACCEPT_H
#define PRINTSCOUT_COURIER_ACCEPT_H

#include "printscout/courier/document.h"
#include "printscout/courier/hello_keys.h"
#include "printscout/courier/printer_uri.h"
#include "proto/jobstate.h"

struct accept { /* what the courier knows at this moment */
    struct id node;
    int raw_allowed; /* the bulletin's policy */
    int spool;       /* descriptor of the spool folder */
    struct hello_keys *hello;
    uint64_t now_boot_ms;
    enum job_state job_state; /* of the order's job; JOB_NONE: there is no such job */
};

/*
 * Check the order.
 *   where     on REASON_NONE the printer
 *   document  on REASON_NONE the opened document, for document_free(); untouched otherwise
 * Returns REASON_NONE, or why not: order-refused (another recipient, a source or URI that this version cannot serve, a
 * key that is not for us), raw-not-allowed, hello-stale, order-expired, not-held, file-damaged, internal.
 */
MUST_USE enum job_reason accept_order(const struct accept *a, const struct order *o, struct printer_uri *where,
                                      struct document **document);

#endif
