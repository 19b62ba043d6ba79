/* SPDX-License-Identifier: Apache-2.0 */
/* abilities_look: ask a registered printer what it can and how it is. */
#ifndef PRINTERS_ABILITIES_LOOK_H
#define PRINTERS_ABILITIES_LOOK_H

#include "devicescout/jobs/abilities.h"

/*
 * Blocks, for ten seconds at most. Over IPP the printer is asked; of a raw one the registration tells.
 *   out     on OK complete; else its problem says in a word why the printer could not be asked, and nothing else is set
 * Errors: as ipp_ask().
 */
MUST_USE enum err abilities_look(const struct printer *p, struct abilities *out);

#endif
