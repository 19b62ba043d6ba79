/* SPDX-License-Identifier: Apache-2.0 */
/* grant_options: what a release may ask of a printer, looked at before it is signed. */
#ifndef KEYHOLDER_GRANT_OPTIONS_H
#define KEYHOLDER_GRANT_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define GRANT_COPIES_MAX 999

/*
 * Are these job attributes as RFC 8010 §3.1.4 encodes them, each whole, none of them a group's tag; copies 1 to
 * GRANT_COPIES_MAX, page-ranges rising, sides and print-color-mode keywords, and each of these four once at the most?
 * What else there is, the printer's own list decides. ERR_FORMAT, ERR_LIMIT.
 */
MUST_USE enum err grant_options_check(const uint8_t *options, size_t len);

#endif
