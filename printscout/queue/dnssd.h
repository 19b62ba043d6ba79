/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dnssd: make the queue found, through avahi, with what AirPrint and IPP Everywhere look for: by the programs of this
 * computer as _ipp._tcp, on the loopback interface only; when it is shared, by the network as _ipps._tcp. Without
 * avahi, or without a bus, the queue works all the same.
 */
#ifndef QUEUE_DNSSD_H
#define QUEUE_DNSSD_H

#include "printscout/queue/offer.h"
#include "printscout/queue/printer.h"

struct dnssd; /* opaque; has a thread of its own */

/*
 * Register, now or as soon as avahi runs; under another name if this one is taken.
 *   p, offers  what it says of the queue; must outlive the object
 *   out     on OK a new object for dnssd_stop(); NULL: there is no bus here, which is logged
 */
MUST_USE enum err dnssd_start(const struct printer *p, struct offers *offers, struct dnssd **out);

/* Has the offer changed? Then its TXT record follows. To be asked every now and then; NULL is fine. */
void dnssd_follow(struct dnssd *d);

/* Take the registration back. NULL is fine. */
void dnssd_stop(struct dnssd *d);

#endif
