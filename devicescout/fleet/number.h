/* SPDX-License-Identifier: Apache-2.0 */
/* number: a number on a command line. */
#ifndef FLEET_NUMBER_H
#define FLEET_NUMBER_H

#include <stdint.h>

#include "base/err.h"

/* text NULL gives fallback. ERR_CONFIG after a line on standard error: no number, or not between least and most. */
MUST_USE enum err number_read(const char *option, const char *text, uint32_t fallback, uint32_t least, uint32_t most,
                              uint32_t *out);

#endif
