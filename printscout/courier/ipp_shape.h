/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipp_shape: as what a document goes to an IPP printer, from what the printer says that it takes: as it is, where
 * format, type, resolution and the way of its backs fit; with turned backs; or as a PDF.
 */
#ifndef PRINTSCOUT_COURIER_IPP_SHAPE_H
#define PRINTSCOUT_COURIER_IPP_SHAPE_H

#include <cups/ipp.h>

#include "printscout/courier/rendition.h"

/*
 *   d        its document is verified
 *   printer  its attributes
 *   options  those that go to the printer; page-ranges is taken out where the pages are chosen here
 *   out      on OK for rendition_new()
 * Errors: ERR_UNSUPPORTED it takes the document in no shape; ERR_FORMAT the file changed since it was verified.
 */
MUST_USE enum err ipp_shape_of(struct deliver *d, ipp_t *printer, ipp_t *options, struct rendition_opts *out);

#endif
