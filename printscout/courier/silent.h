/* SPDX-License-Identifier: Apache-2.0 */
/* silent: printers that are registered as speaking PJL and did not answer it: not asked again for an hour. */
#ifndef PRINTSCOUT_COURIER_SILENT_H
#define PRINTSCOUT_COURIER_SILENT_H

#include "base/hex.h"

#define SILENT_KEPT 32
#define SILENT_MS   ((uint64_t)3600 * 1000)

struct silent { /* start with {0} */
    struct id printers[SILENT_KEPT];
    uint64_t until_ms[SILENT_KEPT];
    size_t next;
};

void silent_set(struct silent *s, struct id printer, int is_silent, uint64_t now_ms);
int silent_is(const struct silent *s, struct id printer, uint64_t now_ms);

#endif
