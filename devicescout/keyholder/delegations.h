/* SPDX-License-Identifier: Apache-2.0 */
/*
 * delegations: who may release whose jobs, and until when. File "delegations" of the state folder, replaced whole, so a
 * change is there or is not; a damaged file is one in which nobody may do anything for anybody.
 *
 *   file: version 1 · count 4 · n × delegation (PROTOCOL.md) · SHA-256 of all before
 */
#ifndef KEYHOLDER_DELEGATIONS_H
#define KEYHOLDER_DELEGATIONS_H

#include "proto/keyholder.h"

#define DELEGATIONS_FILE "delegations"
#define DELEGATIONS_MAX  20000

struct delegations; /* opaque */

MUST_USE enum err delegations_open(int dirfd, struct delegations **out);
void delegations_free(struct delegations *d); /* NULL is fine */

/* The one that lets to release for from at this time; NULL: there is none. Lives until the next change. */
const struct delegation *delegations_find(const struct delegations *d, const char *from, const char *to,
                                          uint64_t now_unix_ms);

/*
 * A new one, or another end for the one that there is; it keeps its id then, and out->id receives it. Past ones are
 * forgotten.
 * Errors: ERR_FULL one of the two has as many as a person may have, or the site; ERR_FORMAT unsound; ERR_IO …: nothing
 * has changed.
 */
MUST_USE enum err delegations_put(struct delegations *d, const struct delegation *want, uint64_t now_unix_ms,
                                  struct id *id);

/* Would it be too many? ERR_FULL. */
MUST_USE enum err delegations_room(const struct delegations *d, const struct delegation *want, uint64_t now_unix_ms);

/* End one. On OK *out is what it was. ERR_NOTFOUND; ERR_IO …: it stands. */
MUST_USE enum err delegations_drop(struct delegations *d, struct id id, struct delegation *out);

/* NULL: none with this id. */
const struct delegation *delegations_by_id(const struct delegations *d, struct id id);

/* Call fn for each that has not ended and that this person gave or has. */
typedef enum err delegations_fn(void *arg, const struct delegation *x);
MUST_USE enum err delegations_of(const struct delegations *d, const char *person, uint64_t now_unix_ms,
                                 delegations_fn *fn, void *arg);

size_t delegations_count(const struct delegations *d);

#endif
