/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spooler: does this computer's cupsd keep what people print? It gets every document before the queue seals it, and as
 * it comes from its makers it keeps documents for a day and titles for ever. Read from its two configuration files,
 * which deploy/cups-setup, installed as latchkey-cups-setup, puts in order.
 */
#ifndef PRINTSCOUT_CLI_SPOOLER_H
#define PRINTSCOUT_CLI_SPOOLER_H

#include <stddef.h>

#define SPOOLER_WARNINGS_MAX 6

/*
 * What cupsd keeps.
 *   root    the folder of cupsd.conf and cups-files.conf
 *   out     one sentence each; static
 * Gives how many: 0 when it keeps nothing, there is no cupsd, or its files cannot be read.
 */
size_t spooler_warnings(const char *root, const char *out[static SPOOLER_WARNINGS_MAX]);

#endif
