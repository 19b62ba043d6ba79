/* SPDX-License-Identifier: Apache-2.0 */
/* dnssd_txt: the queue's TXT record: Bonjour Printing 1.2.1 and PWG 5100.14 section 4.2.2. */
#ifndef QUEUE_DNSSD_TXT_H
#define QUEUE_DNSSD_TXT_H

#include <avahi-common/strlst.h>

#include "printscout/queue/offer.h"
#include "printscout/queue/printer.h"

/* A new list for avahi_string_list_free(); NULL without memory, which avahi takes. */
AvahiStringList *dnssd_txt(const struct printer *p, const struct offer *o);

#endif
