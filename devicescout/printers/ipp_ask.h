/* SPDX-License-Identifier: Apache-2.0 */
/* ipp_ask: Get-Printer-Attributes over TLS, the printer's key pinned. Blocks, for ten seconds at most. */
#ifndef PRINTERS_IPP_ASK_H
#define PRINTERS_IPP_ASK_H

#include <cups/ipp.h>

#include "devicescout/printers/target.h"

/*
 * Ask the printer at t for some of its attributes.
 *   wanted  count names
 *   answer  on OK for ippDelete()
 * Errors: ERR_AUTH another key than pin; ERR_PEER no IPP there; ERR_UNREACHABLE; ERR_TIMEOUT.
 */
MUST_USE enum err ipp_ask(const struct target *t, const uint8_t pin[static 32], const char *const *wanted, size_t count,
                          ipp_t **answer);

#endif
