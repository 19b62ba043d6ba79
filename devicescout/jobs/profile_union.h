/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile_union: what several printers can among them. The order in which they come decides nothing, so the same
 * printers always give the same profile. Where a list is full, stays what most of them have.
 */
#ifndef DEVICESCOUT_JOBS_PROFILE_UNION_H
#define DEVICESCOUT_JOBS_PROFILE_UNION_H

#include "proto/profile.h"

struct profile_union; /* opaque */

MUST_USE enum err profile_union_new(struct profile_union **out);
void profile_union_free(struct profile_union *u); /* NULL is fine */

void profile_union_add(struct profile_union *u, const struct profile *p);

/* The default medium is the one that is most printers'. Of no printer at all: profile_default(). */
void profile_union_read(const struct profile_union *u, struct profile *out);

#endif
