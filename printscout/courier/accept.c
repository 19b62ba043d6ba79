/* SPDX-License-Identifier: Apache-2.0 */
/* accept: from what costs nothing to what opens the file. */
#include "printscout/courier/accept.h"

enum job_reason accept_order(const struct accept *a, const struct order *o, struct printer_uri *where,
                             struct document **document)
{
    const uint8_t *hello_secret;

    if (!id_equal(o->recipient, a->node))
        return REASON_ORDER_REFUSED;
    if (o->source != SOURCE_SPOOL)
        return REASON_ORDER_REFUSED;
    if (o->protocol == DELIVERY_RAW && !a->raw_allowed)
        return REASON_RAW_NOT_ALLOWED;
    if (printer_uri_read(o->printer_uri, (enum delivery_protocol)o->protocol, where) != OK)
        return REASON_ORDER_REFUSED;
    if ((hello_secret = hello_keys_find(a->hello, o->hello_public, a->now_boot_ms)) == NULL)
        return REASON_HELLO_STALE;
    if (o->deadline_boot_ms <= a->now_boot_ms)
        return REASON_ORDER_EXPIRED;
    if (!jobstate_may_order(a->job_state))
        return REASON_NOT_HELD;
    switch (document_open(a->spool, o, hello_secret, o->hello_public, document)) {
    case OK:
        return REASON_NONE;
    case ERR_NOTFOUND:
        return REASON_NOT_HELD;
    case ERR_FORMAT:
        return REASON_FILE_DAMAGED;
    case ERR_REFUSED:
        return REASON_ORDER_REFUSED;
    default:
        return REASON_INTERNAL;
    }
}
