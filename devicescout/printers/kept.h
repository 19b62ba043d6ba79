/* SPDX-License-Identifier: Apache-2.0 */
/* kept: what each printer said last that it can, a file a printer in a folder of its own, so that one that is off while
 * the device scout starts again still counts. */
#ifndef PRINTERS_KEPT_H
#define PRINTERS_KEPT_H

#include "base/hex.h"
#include "proto/profile.h"

#define KEPT_DIR "profiles"

/* Make and open the folder in a state folder. *out is the caller's to close. */
MUST_USE enum err kept_open(int state_dir, int *out);

/* ERR_NOTFOUND; ERR_FORMAT and others of profile_read(). */
MUST_USE enum err kept_read(int dir, struct id printer, struct profile *out);
MUST_USE enum err kept_write(int dir, struct id printer, const struct profile *p);
void kept_forget(int dir, struct id printer);

#endif
