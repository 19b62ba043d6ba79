/* SPDX-License-Identifier: Apache-2.0 */
/* raw_shape: one pass verifies the document and looks for PJL in it; what is made of it is looked through as well. */
#include "printscout/courier/raw_shape.h"

#include <string.h>

#include "printscout/courier/format.h"
#include "printscout/courier/pjl.h"

/*
 * Nobody may steer the printer from inside a document: what a driver put around it is left out, and one that leaves its
 * language elsewhere, with whatever PJL behind that, is refused before its first byte goes out.
 */
static enum err look_for_pjl(void *arg, const uint8_t *plain, size_t len)
{
    (void)pjl_search(arg, plain, len);
    return OK;
}

static enum err refuse_pjl(void *arg, const uint8_t *plain, size_t len)
{
    return pjl_search(arg, plain, len) ? ERR_REFUSED : OK;
}

/*
 * Does the printer take it? It cannot be asked: what it is registered for counts, and by a language that has no first
 * bytes of its own (PCL) only what is known to be something else is kept from it.
 */
static enum err choose(struct deliver *d, const struct span *span, enum rendition_kind *kind)
{
    const char *const takes = d->where.format;
    const int is_pdf = takes != NULL && strcmp(takes, FORMAT_PDF) == 0;
    uint8_t head[16];
    const char *format;
    size_t len;

    *kind = RENDITION_AS_IS;
    if (takes == NULL)
        return OK;
    if (document_read_at(d->document, span->from, head, sizeof head, &len) != OK)
        return ERR_FORMAT;
    format = format_of(head, len);
    if (strcmp(format, takes) == 0)
        return OK;
    if (is_pdf && rendition_wraps(format) && span->from == 0) { /* drivers wrap no pictures */
        *kind = RENDITION_PDF;
        return OK;
    }
    return strcmp(format, FORMAT_UNKNOWN) == 0 && !is_pdf && strcmp(takes, FORMAT_PWG) != 0 ? OK : ERR_UNSUPPORTED;
}

enum err raw_shape(struct deliver *d, struct span *span, struct rendition **out)
{
    struct pjl_search search = {0};
    enum rendition_kind kind;
    enum err e;

    *out = NULL;
    if ((e = document_verify(d->document, look_for_pjl, &search)) != OK)
        return e;
    *span = (struct span){.to = document_len(d->document)};
    if (search.found && (e = pjl_wrapper_leave(d->document, span)) != OK)
        return e;
    if ((e = choose(d, span, &kind)) != OK || kind == RENDITION_AS_IS)
        return e;
    search = (struct pjl_search){0};
    return rendition_new(&(struct rendition_opts){.d = d, .kind = kind, .look = refuse_pjl, .look_arg = &search}, out);
}
