/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owner: which account of this computer is at the other end of a connection. The kernel is asked, nobody else;
 * requesting-user-name is never believed.
 */
#ifndef QUEUE_OWNER_H
#define QUEUE_OWNER_H

#include <stdint.h>

#include "base/err.h"

#define ACCOUNT_SIZE 256

/*
 * The uid of the process that connected to this accepted socket: SO_PEERCRED on a domain socket; on loopback TCP the
 * owner of the socket at the other end. Ask when the connection is accepted.
 * Errors: ERR_REFUSED the other end is closed already (the kernel then says uid 0 for anybody) or is not on this
 * computer; ERR_UNSUPPORTED another kind of socket; ERR_IO.
 */
MUST_USE enum err owner_of_socket(int fd, uint32_t *uid);

/* The account's name. ERR_NOTFOUND: this computer knows no such uid. */
MUST_USE enum err owner_account(uint32_t uid, char out[static ACCOUNT_SIZE]);

/* The uid of the account with this name. ERR_NOTFOUND. */
MUST_USE enum err owner_uid(const char *account, uint32_t *uid);

#endif
