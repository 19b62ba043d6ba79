/* SPDX-License-Identifier: Apache-2.0 */
/* job_draft: see job_draft.h. The document's way is job_draft_document.c. */
#include "printscout/queue/job_draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "printscout/queue/job_password_read.h"
#include "printscout/queue/job_template.h"
#include "printscout/queue/offer.h"
#include "printscout/queue/request_head.h"

void job_draft_free(struct job_draft *d)
{
    if (d == NULL)
        return;
    explicit_bzero(d->title, sizeof d->title);
    explicit_bzero(&d->password, sizeof d->password);
    free(d);
}

/* May a job be taken now, and whose is it? */
static enum err read_owner(struct request *r, struct job_draft *d)
{
    const char *why;

    if (enrollment_admit(r->queue->enrollment, &d->admission, &why) != OK)
        return request_refuse(r, IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS, "%s", why);
    if (request_is_remote(r) && d->admission.person[0] != '\0')
        return request_refuse(r, IPP_STATUS_ERROR_NOT_AUTHORIZED, "This queue is one person's, on their own computer.");
    if (request_account(r, d->account) != OK) {
        if (d->admission.person[0] == '\0')
            return request_refuse(r, IPP_STATUS_ERROR_NOT_AUTHORIZED,
                                  "This computer has no name for your account, so nobody could release the job.");
        snprintf(d->account, sizeof d->account, "uid-%u", (unsigned)r->uid);
    }
    snprintf(d->owner, sizeof d->owner, "%s",
             d->admission.person[0] != '\0' ? d->admission.person
             : request_is_remote(r)         ? r->person
                                            : d->account);
    return OK;
}

void job_draft_copy_title(char out[static TICKET_TITLE_SIZE], const char *text)
{
    size_t len = strlen(text);

    if (len >= TICKET_TITLE_SIZE) {
        len = TICKET_TITLE_SIZE - 1;
        while (len > 0 && ((uint8_t)text[len] & 0xc0) == 0x80)
            len--;
    }
    memcpy(out, text, len);
    out[len] = '\0';
    for (char *at = out; *at != '\0'; at++) {
        if ((uint8_t)*at < 0x20 || *at == 0x7f)
            *at = ' ';
    }
}

static void read_title(const struct request *r, struct job_draft *d)
{
    const char *title = request_head_text(r, "job-name", IPP_TAG_ZERO);

    if (title == NULL || title[0] == '\0')
        title = request_head_text(r, "document-name", IPP_TAG_ZERO);
    job_draft_copy_title(d->title, title != NULL && title[0] != '\0' ? title : "Untitled");
}

enum err job_draft_refuse_format(struct request *r, const char *format)
{
    ippAddString(r->reply, IPP_TAG_UNSUPPORTED_GROUP, IPP_TAG_MIMETYPE, "document-format", NULL, format);
    if (strcmp(format, FORMAT_ANY) == 0)
        return request_refuse(r, IPP_STATUS_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED,
                              "The document is of no format that this queue knows, and the site takes no others.");
    return request_refuse(r, IPP_STATUS_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED,
                          "The site's queue does not take documents of this format. PDF is always taken.");
}

static enum err read_format(struct request *r, struct job_draft *d)
{
    const char *asked = request_head_text(r, "document-format", IPP_TAG_MIMETYPE);
    const char *format = format_find(r->offer->formats, r->offer->formats_len, asked != NULL ? asked : FORMAT_ANY);

    if (format == NULL)
        return job_draft_refuse_format(r, asked);
    snprintf(d->format, sizeof d->format, "%s", format);
    return OK;
}

static enum err read_compression(struct request *r, struct job_draft *d)
{
    const char *asked = request_head_text(r, "compression", IPP_TAG_KEYWORD);

    if (asked == NULL || strcmp(asked, "none") == 0)
        d->method = UNPACK_NONE;
    else if (strcmp(asked, "gzip") == 0)
        d->method = UNPACK_GZIP;
    else if (strcmp(asked, "deflate") == 0)
        d->method = UNPACK_DEFLATE;
    else {
        ippAddString(r->reply, IPP_TAG_UNSUPPORTED_GROUP, IPP_TAG_KEYWORD, "compression", NULL, asked);
        return request_refuse(r, IPP_STATUS_ERROR_COMPRESSION_NOT_SUPPORTED, "Compression is gzip, deflate or none.");
    }
    return OK;
}

enum err job_draft_new(struct request *r, struct job_draft **out)
{
    struct job_draft *d = calloc(1, sizeof *d);
    enum err e = ERR_NOMEM;

    if (d == NULL)
        goto out;
    d->created_unix_ms = clock_unix_ms();
    read_title(r, d);
    if ((e = read_owner(r, d)) != OK || (e = read_format(r, d)) != OK || (e = read_compression(r, d)) != OK)
        goto out;
    if ((e = job_password_read(r, &d->password)) != OK ||
        (e = job_template_read(r, d->template, sizeof d->template, &d->template_len)) != OK)
        goto out;
    *out = d;
    d = NULL;
out:
    job_draft_free(d);
    return e;
}

enum err job_draft_for_document(struct request *r, const struct job_view *job, struct job_draft **out)
{
    struct job_draft *d = calloc(1, sizeof *d);
    enum err e = ERR_NOMEM;

    if (d == NULL)
        goto out;
    d->created_unix_ms = job->created_unix_ms;
    job_draft_copy_title(d->title, job->words->title);
    if ((e = read_owner(r, d)) != OK || (e = read_format(r, d)) != OK || (e = read_compression(r, d)) != OK)
        goto out;
    e = ERR_LIMIT;
    if (job->words->template_len > sizeof d->template)
        goto out;
    memcpy(d->template, job->words->template, job->words->template_len);
    d->template_len = job->words->template_len;
    d->password = job->words->password;
    *out = d;
    d = NULL;
    e = OK;
out:
    job_draft_free(d);
    return e;
}

enum err job_draft_words(const struct job_draft *d, const struct ticket_content *content, const struct words **out)
{
    static const struct ticket_content nothing = {0};

    return words_new(&(struct words){.title = d->title,
                                     .account = d->account,
                                     .owner = d->owner,
                                     .content = content != NULL ? *content : nothing,
                                     .format = d->format,
                                     .template = d->template,
                                     .template_len = d->template_len,
                                     .password = d->password},
                     out);
}
