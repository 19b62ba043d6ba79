/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rendition: what goes to the printer for a document: the document itself, its raster with the backs of sheets turned,
 * or a PDF around it. HTTP wants a length first, and a damaged document is to be found before the printer hears of it:
 * what is made is made twice, and counted the first time.
 */
#ifndef PRINTSCOUT_COURIER_RENDITION_H
#define PRINTSCOUT_COURIER_RENDITION_H

#include "printscout/courier/deliver.h"
#include "printscout/courier/raster_turn.h"

enum rendition_kind { RENDITION_AS_IS, RENDITION_TURNED, RENDITION_PDF };

struct rendition_opts {
    struct deliver *d; /* its document is verified, and nobody else reads it */
    enum rendition_kind kind;
    struct raster_turn_opts turn; /* of RENDITION_TURNED: back, short_edge and ranges */
    unseal_look_fn *look;         /* NULL, or sees what was made before any of it is read; an error ends it */
    void *look_arg;
};

/* Are documents of this format wrapped into PDF, where a printer takes that and not them? */
int rendition_wraps(const char *format);

struct rendition;

/*
 * Errors: ERR_UNSUPPORTED the document is not what can be turned or wrapped; ERR_FORMAT the file changed since it was
 * verified; ERR_STATE told to stop; ERR_NOMEM.
 */
MUST_USE enum err rendition_new(const struct rendition_opts *opts, struct rendition **out);
void rendition_free(struct rendition *o); /* wipes; NULL is fine */

const char *rendition_format(const struct rendition *o); /* a MIME type; static */
uint64_t rendition_len(const struct rendition *o);

/* The next bytes, as many as there are but at most max; *len is 0 at the end. Errors as above. */
MUST_USE enum err rendition_read(struct rendition *o, uint8_t *out, size_t max, size_t *len);

#endif
