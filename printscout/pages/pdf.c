/* SPDX-License-Identifier: Apache-2.0 */
/* pdf: qpdf behind a contract. Every error and every warning of it is an answer: "not known". */
#include "printscout/pages/pdf_parts.h"

#include <stdlib.h>

int pdf_failed(struct pdf *p)
{
    if (!qpdf_has_error(p->qpdf))
        return 0;
    (void)qpdf_get_error(p->qpdf);
    return 1;
}

enum err pdf_open(const uint8_t *bytes, size_t len, struct pdf **out)
{
    struct pdf *p = calloc(1, sizeof *p);
    enum err e = ERR_NOMEM;
    int pages;

    if (p == NULL || (p->qpdf = qpdf_init()) == NULL)
        goto out;
    qpdf_silence_errors(p->qpdf);
    qpdf_set_suppress_warnings(p->qpdf, QPDF_TRUE);
    qpdf_set_attempt_recovery(p->qpdf, QPDF_FALSE);
    e = ERR_FORMAT;
    if (qpdf_read_memory(p->qpdf, "document", (const char *)bytes, len, NULL) != QPDF_SUCCESS)
        goto out;
    pages = qpdf_get_num_pages(p->qpdf);
    if (pages < 1 || pdf_failed(p) || qpdf_more_warnings(p->qpdf))
        goto out;
    p->pages = (uint32_t)pages;
    *out = p; /* the caller owns it now */
    p = NULL;
    e = OK;
out:
    pdf_free(p);
    return e;
}

void pdf_free(struct pdf *p)
{
    if (p == NULL)
        return;
    if (p->qpdf != NULL) {
        (void)pdf_failed(p); /* or it says on standard error that nobody asked */
        qpdf_cleanup(&p->qpdf);
    }
    free(p);
}

uint32_t pdf_pages(const struct pdf *p)
{
    return p->pages;
}
