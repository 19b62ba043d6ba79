/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scout_state: the device scout's own folder as the commands make it, and as `run` finds it:
 *
 *   lock          one process at a time
 *   node.key      crypto/nodekeys.h
 *   certificate   proto/certificate.h; written last, so a state without it is none
 *   tls/          site_ca.h
 */
#ifndef FLEET_SCOUT_STATE_H
#define FLEET_SCOUT_STATE_H

#include "crypto/nodekeys.h"
#include "proto/certificate.h"

#define SCOUT_STATE_KEYS        "node.key"
#define SCOUT_STATE_CERTIFICATE "certificate"

struct scout_state {
    int dirfd, lock;
    struct node_keys *keys;
};

/*
 * Open the folder for a set-up, making it; take its keys or make new ones.
 * Errors, after a sentence on standard error: ERR_EXISTS it is set up, or in use; ERR_IO …
 */
MUST_USE enum err scout_state_begin(const char *path, struct scout_state *s);
/* The set-up is done. */
MUST_USE enum err scout_state_end(struct scout_state *s, const uint8_t certificate[static CERTIFICATE_LEN]);
void scout_state_close(struct scout_state *s);

#endif
