/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spooler: does this computer's cupsd keep what people print? It gets every document before the queue seals it, and as
 * it comes from its makers it keeps documents for a day and titles for ever.
 */
#ifndef PRINTSCOUT_CLI_SPOOLER_H
#define PRINTSCOUT_CLI_SPOOLER_H

/* One sentence that says what it keeps; NULL: nothing, there is no cupsd, or its files cannot be read. Static. */
const char *spooler_warning(void);

#endif
