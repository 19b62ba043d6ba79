/* SPDX-License-Identifier: Apache-2.0 */
/* raw_shape: whether a document may go to a raw printer, and as what. */
#ifndef PRINTSCOUT_COURIER_RAW_SHAPE_H
#define PRINTSCOUT_COURIER_RAW_SHAPE_H

#include "printscout/courier/rendition.h"

/*
 * Verify the document, look for PJL in it, and compare it with what the printer is registered for.
 *   out     on OK NULL when it goes as it is, else what it becomes, for rendition_free()
 * Errors: ERR_REFUSED it speaks PJL; ERR_UNSUPPORTED the printer does not take it; ERR_STATE told to stop; as
 * document_verify().
 */
MUST_USE enum err raw_shape(struct deliver *d, struct rendition **out);

#endif
