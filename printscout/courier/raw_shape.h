/* SPDX-License-Identifier: Apache-2.0 */
/* raw_shape: whether a document may go to a raw printer, and as what. */
#ifndef PRINTSCOUT_COURIER_RAW_SHAPE_H
#define PRINTSCOUT_COURIER_RAW_SHAPE_H

#include "printscout/courier/pjl_wrapper.h"
#include "printscout/courier/rendition.h"

/*
 * Verify the document, look for PJL in it, and compare it with what the printer is registered for.
 *   span    on OK what of it goes to the printer: without the PJL that a driver put around it
 *   out     on OK NULL when it goes as it is, else what it becomes, for rendition_free()
 * Errors: ERR_REFUSED it speaks PJL elsewhere; ERR_UNSUPPORTED the printer does not take it; ERR_STATE told to stop; as
 * document_verify().
 */
MUST_USE enum err raw_shape(struct deliver *d, struct span *span, struct rendition **out);

#endif
