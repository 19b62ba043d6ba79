/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wiped_memory: libcurl with memory that is wiped when it is given back. A document on its way to a printer stands in
 * libcurl's buffers in the clear, and would stay in the freed ones for as long as the courier runs.
 */
#ifndef PRINTSCOUT_COURIER_WIPED_MEMORY_H
#define PRINTSCOUT_COURIER_WIPED_MEMORY_H

#include "base/err.h"

/* Start libcurl so; before any other call to it, and before any thread. */
MUST_USE enum err wiped_memory_start(void);

#endif
