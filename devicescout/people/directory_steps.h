/* SPDX-License-Identifier: Apache-2.0 */
/* directory_steps: what a sign-in does with a directory, a step at a time, for an administrator who wonders which
 * fails. */
#ifndef DEVICESCOUT_PEOPLE_DIRECTORY_STEPS_H
#define DEVICESCOUT_PEOPLE_DIRECTORY_STEPS_H

#include "devicescout/people/directory.h"

struct directory_step {
    const char *server; /* its URI */
    const char *what;   /* "connect, TLS and certificate" */
    enum directory_outcome outcome;
    const char *detail; /* more about it, or "" */
};
typedef void directory_step_fn(void *arg, const struct directory_step *s);

/*
 * Walk all servers, each to the end or to what fails there. What a server said itself is logged as at a sign-in.
 *   name      whom to look up, as typed; NULL: nobody
 *   password  to be tried as well; NULL: not
 * Returns whether every step worked at every server.
 */
int directory_steps(struct directory *d, const char *name, const char *password, uint64_t server_ms,
                    directory_step_fn *fn, void *arg);

#endif
