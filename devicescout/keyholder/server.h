/* SPDX-License-Identifier: Apache-2.0 */
/* server: the keyholder's two sockets: who may connect, and how many. */
#ifndef KEYHOLDER_SERVER_H
#define KEYHOLDER_SERVER_H

#include <sys/types.h>

#include "base/loop.h"
#include "devicescout/keyholder/keeper.h"

#define SERVER_SCOUTS_MAX 48 /* connections; one more closes the one that has rested longest */
#define SERVER_ADMINS_MAX 16 /* their own, so that a flood on the other socket never locks administrators out */
#define SERVER_USERS_MAX  32

struct server;

struct server_opts {
    struct loop *loop;
    struct keeper *keeper;
    struct workers *workers; /* free it before server_stop() */
    const char *scout_path, *admin_path;
    uid_t scout_uid;
    const uid_t *admin_uids; /* besides root; copied */
    size_t admin_uids_len;
};

/*
 * Open both sockets, replacing what a process that is gone has left there.
 * Errors: ERR_EXISTS somebody answers on that path; ERR_LIMIT a path too long for a socket; ERR_IO. log_error has said
 * which.
 */
MUST_USE enum err server_start(const struct server_opts *opts, struct server **out);
void server_stop(struct server *s); /* closes all and removes the paths; NULL is fine */

#endif
