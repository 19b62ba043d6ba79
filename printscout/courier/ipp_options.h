/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipp_options: an order's options, which are IPP job attributes (RFC 8010 §3.1.4), cut down to what a printer says that
 * it supports. What it does not know is left out: a stray finishing must not cost the person the paper.
 */
#ifndef PRINTSCOUT_COURIER_IPP_OPTIONS_H
#define PRINTSCOUT_COURIER_IPP_OPTIONS_H

#include <cups/ipp.h>

#include "proto/order.h"

/*
 * The job attributes of the order that the printer supports, in the job group of *out, which is for ippDelete().
 *   printer  its attributes
 * ERR_FORMAT: the options are not what RFC 8010 allows.
 */
MUST_USE enum err ipp_options_read(const struct order *o, ipp_t *printer, ipp_t **out);

/*
 * Does the printer take documents of this format? A format that is not known goes to printers that look for themselves
 * (application/octet-stream); a known one must be listed, or a page of rubbish would come out.
 */
int ipp_options_takes_format(ipp_t *printer, const char *format);

#endif
