/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pjl_wrapper: the PJL that a printer's driver puts around what it makes: to leave whatever language the printer is in,
 * lines of settings, and to leave again at the end. It is left out on the way: what the printer is told, we tell it.
 */
#ifndef PRINTSCOUT_COURIER_PJL_WRAPPER_H
#define PRINTSCOUT_COURIER_PJL_WRAPPER_H

#include <stddef.h>
#include <stdint.h>

#include "printscout/courier/document.h"

#define PJL_WRAPPER_MOST 4096 /* bytes at either end that may be PJL; drivers need some hundred */

/* How many bytes of head, the first len of a document, are PJL in whole lines; of tail, its last ones, at their end. */
size_t pjl_wrapper_before(const uint8_t *head, size_t len);
size_t pjl_wrapper_behind(const uint8_t *tail, size_t len);

struct span { /* of a document: from its byte `from` up to its byte `to` */
    uint64_t from, to;
};

/*
 * What a verified document is without its wrapper. It is looked through once more, and rewound.
 * Errors: ERR_REFUSED there is PJL elsewhere, or nothing but PJL; ERR_NOMEM; as document_read().
 */
MUST_USE enum err pjl_wrapper_leave(struct document *d, struct span *out);

/* Of pieces that begin at the document's byte `at`, keep what is in the span. Gives where they ended. */
uint64_t pjl_wrapper_cut(const struct span *s, uint64_t at, struct iovec *pieces, size_t count);

#endif
