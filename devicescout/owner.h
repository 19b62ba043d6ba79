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

#endif
