/* SPDX-License-Identifier: Apache-2.0 */
/* ceremony_child: run `devicescout-keyholder init` and speak with it over pipes. */
#ifndef FLEET_CEREMONY_CHILD_H
#define FLEET_CEREMONY_CHILD_H

#include "devicescout/ceremony.h"

/*
 *   config  NULL, or the file to hand on
 *   a       secret_new memory
 * Errors: ERR_PEER, after the child has printed why; ERR_CONFIG the same for a matter of configuration; ERR_NOTFOUND
 * the program is missing (a sentence was printed); ERR_IO.
 */
MUST_USE enum err ceremony_child_run(const char *config, const struct ceremony_request *r, struct ceremony_answer *a);

#endif
