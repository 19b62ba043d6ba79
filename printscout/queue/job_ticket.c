/* SPDX-License-Identifier: Apache-2.0 */
/* job_ticket: see job_ticket.h. */
#include "printscout/queue/job_ticket.h"

#include <stdlib.h>
#include <string.h>

static int copy(char *out, size_t size, const char *text)
{
    const size_t len = strlen(text);

    if (len >= size)
        return 0;
    memcpy(out, text, len + 1);
    return 1;
}

enum err job_ticket_new(const struct words *w, const char *host, uint64_t document_bytes, uint64_t created_unix_ms,
                        struct ticket **out)
{
    struct ticket *t = calloc(1, sizeof *t);
    enum err e = ERR_NOMEM;

    if (t == NULL)
        goto out;
    e = ERR_LIMIT;
    if (!copy(t->title, sizeof t->title, w->title) || !copy(t->format, sizeof t->format, w->format) ||
        !copy(t->host, sizeof t->host, host) || !copy(t->account, sizeof t->account, w->account) ||
        w->template_len > sizeof t->ipp)
        goto out;
    if (w->template_len > 0)
        memcpy(t->ipp, w->template, w->template_len);
    t->ipp_len = w->template_len;
    t->content = w->content;
    t->password = w->password;
    t->document_bytes = document_bytes;
    t->created_unix_ms = created_unix_ms;
    *out = t;
    t = NULL;
    e = OK;
out:
    job_ticket_free(t);
    return e;
}

void job_ticket_free(struct ticket *t)
{
    if (t == NULL)
        return;
    explicit_bzero(t, sizeof *t);
    free(t);
}
