/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site: the site as the keyholder states it: bulletin, printers, doors for those who join. Asked every few seconds and
 * whenever somebody wants it fresh; what changed is published to every relay, and all of it to a relay that comes up.
 * On the loop's thread.
 */
#ifndef DEVICESCOUT_SITE_H
#define DEVICESCOUT_SITE_H

#include "base/loop.h"
#include "proto/bulletin.h"
#include "proto/keyholder.h"
#include "proto/link.h"

#define SITE_PRINTERS_MAX 2000
#define SITE_DOORS_MAX    1000

struct site;

struct site_opts {
    struct loop *loop;
    struct kh_client *keyholder; /* outlives the site */
    struct id site;
    void (*on_bulletin)(void *arg); /* a newer one is on its way to every relay; NULL: nobody asks */
    void *arg;
};

MUST_USE enum err site_new(const struct site_opts *opts, struct site **out);
/* After link_free(): publishing runs on the link's threads. */
void site_free(struct site *s);

/* Ask the keyholder for all of it now. Errors: ERR_UNREACHABLE …; what was known stays. */
MUST_USE enum err site_refresh(struct site *s);

/* From now on use these relays, publish to them, and refresh by itself. */
MUST_USE enum err site_start(struct site *s, struct link *link);
/* A relay's stream came up: it may have lost everything. */
void site_relay_up(struct site *s);

const struct bulletin *site_bulletin(const struct site *s); /* NULL before the first refresh */

/* NULL: no such printer; the keyholder was asked again if that was not done a moment ago. Valid until the next refresh.
 */
const struct printer *site_printer(struct site *s, const char *name);
const struct printer *site_printer_by_id(struct site *s, struct id id);
/* All of them by number, from 0; NULL behind the last. */
const struct printer *site_printer_at(const struct site *s, size_t i);

#endif
