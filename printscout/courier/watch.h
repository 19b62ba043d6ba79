/* SPDX-License-Identifier: Apache-2.0 */
/* watch: what the queue does in spool/jobs, by inotify: a job appears, its description changes, it is canceled. */
#ifndef PRINTSCOUT_COURIER_WATCH_H
#define PRINTSCOUT_COURIER_WATCH_H

#include "printscout/courier/courier.h"

/* Take in what is there, and watch from now on. spool_path is kept. */
MUST_USE enum err watch_start(struct courier *c, const char *spool_path);
void watch_end(struct courier *c);

#endif
