/* SPDX-License-Identifier: Apache-2.0 */
/* ipp_look: ask a printer what it is, with Get-Printer-Attributes over TLS, its key pinned. */
#ifndef PRINTERS_IPP_LOOK_H
#define PRINTERS_IPP_LOOK_H

#include <stddef.h>

#include "devicescout/printers/target.h"

#define IPP_LOOK_TEXT_SIZE    256
#define IPP_LOOK_FORMATS_SIZE 1024

struct ipp_look { /* text without control characters, whatever the printer sent */
    char make_and_model[IPP_LOOK_TEXT_SIZE];
    char state[16]; /* "idle", "processing", "stopped" */
    char state_reasons[IPP_LOOK_TEXT_SIZE];
    char formats[IPP_LOOK_FORMATS_SIZE]; /* blanks between */
};

/*
 * Ask; where t names no path the usual ones are tried, and t->path becomes the one that answered.
 *   name    the printer's name for us, for paths like /printers/NAME
 * Errors: ERR_AUTH another key than pin; ERR_PEER no IPP there; ERR_UNREACHABLE; ERR_TIMEOUT.
 */
MUST_USE enum err ipp_look(struct target *t, const char *name, const uint8_t pin[static 32], struct ipp_look *out);

#endif
