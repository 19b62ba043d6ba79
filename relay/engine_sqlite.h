/* SPDX-License-Identifier: Apache-2.0 */
/* engine_sqlite: the engine that needs nothing installed: one SQLite file in the relay's state folder. */
#ifndef RELAY_ENGINE_SQLITE_H
#define RELAY_ENGINE_SQLITE_H

#include "relay/engine.h"

/*
 * Open the file, or make it.
 *   path    "…/relay.db"; SQLite keeps two more beside it
 *   out     on OK an engine for out->close(out->self)
 * Errors: ERR_UNSUPPORTED a newer version of this program made it; ERR_IO; ERR_NOMEM.
 */
MUST_USE enum err engine_sqlite_open(const char *path, struct engine *out);

#endif
