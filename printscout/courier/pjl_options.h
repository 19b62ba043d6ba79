/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pjl_options: what PJL can set of an order's options, for a printer that answers it. Only words of this file go out:
 * nothing that a client wrote is copied.
 */
#ifndef PRINTSCOUT_COURIER_PJL_OPTIONS_H
#define PRINTSCOUT_COURIER_PJL_OPTIONS_H

#include "printscout/courier/pjl.h"
#include "proto/order.h"

#define PJL_COPIES_MAX 999 /* what every make takes */

/*
 * Lines behind "@PJL JOB" for copies, sides, print-color-mode, media and print-quality: COPIES, DUPLEX, BINDING,
 * RENDERMODE, PAPER, ECONOMODE. What PJL has no word for (page ranges, orientation of a PDF) and what was not chosen is
 * left to the printer's own setting. Returns the length, 0 where there is nothing to set.
 */
size_t pjl_options(const struct order *o, char out[static PJL_TEXT_SIZE]);

#endif
