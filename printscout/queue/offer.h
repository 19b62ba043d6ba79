/* SPDX-License-Identifier: Apache-2.0 */
/*
 * offer: what the queue offers at the moment: the profile and the policy of the site's newest bulletin, and the IPP
 * attributes that say so. Whoever uses one holds it, so an answer is of one piece while the next bulletin comes in.
 */
#ifndef QUEUE_OFFER_H
#define QUEUE_OFFER_H

#include <cups/ipp.h>
#include <stdatomic.h>

#include "printscout/queue/enrollment.h"
#include "printscout/queue/format.h"

struct printer;
struct offers; /* opaque; gives the newest to any thread */

struct offer { /* never changes */
    atomic_uint holders;
    uint64_t number; /* each has another */
    struct profile profile;
    uint32_t flags;                   /* enum policy_flag */
    const char *formats[FORMATS_MAX]; /* document-format-supported */
    size_t formats_len;
    uint64_t made_unix_ms;
    ipp_t *attributes; /* printer-attributes that stay as long as the offer */
};

/* Both must outlive the object. Each printer, that is each way to the queue, has its own. */
MUST_USE enum err offers_new(const struct printer *p, struct enrollment *n, struct offers **out);
void offers_free(struct offers *o); /* NULL is fine */

/* The offer as the bulletin of this moment has it, for offer_drop(). Without memory for a new one it is the last. */
const struct offer *offers_now(struct offers *o);
void offer_drop(const struct offer *offer); /* NULL is fine */

#endif
