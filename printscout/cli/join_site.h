/* SPDX-License-Identifier: Apache-2.0 */
/* join_site: a new node's way in: the bulletin from the invitation's relay, a join request through its door. */
#ifndef PRINTSCOUT_CLI_JOIN_SITE_H
#define PRINTSCOUT_CLI_JOIN_SITE_H

#include "proto/join.h"
#include "proto/relay.h"
#include "proto/spool.h"

struct join_site {
    struct invitation invitation; /* given; secret */
    struct relay *relay;
    struct bulletin *bulletin;
    uint8_t *bulletin_bytes;
    size_t bulletin_len;
    struct node_keys *keys;
    struct spool_node node;
};

/*
 * Fetch the bulletin and check it against the invitation.
 * Errors: those of relay_get_bulletin(); ERR_AUTH, ERR_FORMAT it is not this site's; ERR_STALE older than the
 * invitation.
 */
MUST_USE enum err join_site_look(struct join_site *j);

/*
 * Make keys, ask to be let in, wait for the certificate.
 *   on_wait  called each time the answer is not there yet, with the seconds so far; 0: go on, else give up
 * Errors: ERR_REFUSED the code was used up, withdrawn or has expired; ERR_TIMEOUT no answer; ERR_AUTH the answer is not
 * the site's, or for other keys; the relay's.
 */
MUST_USE enum err join_site_ask(struct join_site *j, int (*on_wait)(unsigned seconds));

void join_site_free(struct join_site *j); /* wipes */

#endif
