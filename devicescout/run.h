/* SPDX-License-Identifier: Apache-2.0 */
/* run: the device scout as a daemon, `devicescout run`. */
#ifndef DEVICESCOUT_RUN_H
#define DEVICESCOUT_RUN_H

#include "devicescout/conf.h"

/* Serve until SIGTERM; returns the exit status. c outlives the call. */
int devicescout_run(const struct conf *c);

#endif
