/* SPDX-License-Identifier: Apache-2.0 */
/* abilities_profile: what one printer can, as a profile: only what is sound of what it says of itself. */
#ifndef DEVICESCOUT_JOBS_ABILITIES_PROFILE_H
#define DEVICESCOUT_JOBS_ABILITIES_PROFILE_H

#include "devicescout/jobs/abilities.h"
#include "proto/profile.h"

/* ERR_NOTFOUND: the printer has not said what it can; out is untouched. */
MUST_USE enum err abilities_profile(const struct abilities *a, struct profile *out);

#endif
