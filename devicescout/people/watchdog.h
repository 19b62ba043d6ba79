/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watchdog: ends a connection that takes too long. libldap waits without end for a server that accepts and then says
 * nothing of TLS, whatever its time options say; when the socket is shut down under it, it gives up.
 */
#ifndef DEVICESCOUT_PEOPLE_WATCHDOG_H
#define DEVICESCOUT_PEOPLE_WATCHDOG_H

#include <stdint.h>

#include "base/err.h"

struct watchdog; /* one thread; any thread may call */
struct watch;

MUST_USE enum err watchdog_new(struct watchdog **out);
/* Nothing is watched any more. */
void watchdog_free(struct watchdog *w);

/* Shut the socket down at that time. Keeps a duplicate of fd, so fd may be closed and its number used again. */
MUST_USE enum err watchdog_watch(struct watchdog *w, int fd, uint64_t deadline_boot_ms, struct watch **out);
/* NULL is fine. */
void watchdog_forget(struct watchdog *w, struct watch *watch);

#endif
