/* SPDX-License-Identifier: Apache-2.0 */
/* owner: what root makes for a daemon must be the daemon's. */
#ifndef DEVICESCOUT_OWNER_H
#define DEVICESCOUT_OWNER_H

#include "base/err.h"

/*
 * Give a folder and all in it to a user, by name or number. Does nothing unless root asks and there is such a user: on
 * a machine without system users each program keeps what its caller makes. Symbolic links are not followed.
 */
MUST_USE enum err owner_give(const char *path, const char *user);

/*
 * Root becomes, for good, whom this folder belongs to: so that a command that works in a daemon's folder makes nothing
 * there that the daemon cannot use, and nothing elsewhere that the daemon could not make itself, whatever links it has
 * put there. What root alone may open is opened before. Does nothing for others, or when the folder is root's.
 */
MUST_USE enum err owner_become(const char *path);

#endif
