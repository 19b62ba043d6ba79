/* SPDX-License-Identifier: Apache-2.0 */
/* sites: the sites that this relay serves, each with the newest bulletin that it has. */
#ifndef RELAY_SITES_H
#define RELAY_SITES_H

#include "proto/bulletin.h"
#include "relay/engine.h"

struct site {
    struct id id;
    struct bulletin *bulletin; /* NULL: none came yet */
    uint8_t *bytes;            /* as it was signed */
    size_t len;
};

struct sites;

/*
 * Take the list of the configuration, and from the engine what bulletins it keeps.
 *   ids     sorted; copied
 *   engine  outlives the sites
 * Errors: ERR_IO, ERR_NOMEM. A kept bulletin that does not check is left out, with a line in the log.
 */
MUST_USE enum err sites_new(const struct id *ids, size_t count, const struct engine *engine, struct sites **out);
void sites_free(struct sites *ss);

/* NULL: not served here. */
struct site *sites_find(struct sites *ss, struct id id);

/*
 * Take a bulletin: check it, make it durable, then believe it.
 * Errors: those of bulletin_read(); ERR_STALE older than what is here; ERR_EXISTS the same, nothing to do; ERR_REPLAY
 * another one of the same version: an alarm; ERR_IO.
 */
MUST_USE enum err sites_take(struct sites *ss, struct site *s, const uint8_t *bytes, size_t len);

#endif
