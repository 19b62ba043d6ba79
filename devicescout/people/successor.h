/* SPDX-License-Identifier: Apache-2.0 */
/*
 * successor: an account that was deleted and made again is somebody else, whatever its name. What the keyholder has
 * under that name ends before anybody signs in as its new bearer: the PIN, and who may release for whom.
 */
#ifndef DEVICESCOUT_PEOPLE_SUCCESSOR_H
#define DEVICESCOUT_PEOPLE_SUCCESSOR_H

#include "devicescout/people/proof.h"

/* Errors: the keyholder's; some of it may be there yet. */
MUST_USE enum err successor_inherits_nothing(const struct prover *v, const char *person);

#endif
