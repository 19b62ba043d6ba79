/* SPDX-License-Identifier: Apache-2.0 */
/* ipp_session: requests out, the few attributes that count in. */
#include "printscout/courier/ipp_session.h"

#include <stdio.h>
#include <string.h>

#include "crypto/derive.h"

#define JOBS_ASKED 200 /* of a printer's list when a job is looked for by name */

void ipp_session_start(struct ipp_session *s, struct ipp_http *http, const struct order *o)
{
    uint8_t hash[32];
    char hex[17] = "";

    s->http = http;
    s->uri = o->printer_uri;
    s->request_id = 0;
    id_text(o->order, s->job_name);
    if (derive_sha256(&(struct piece){o->job.b, ID_LEN}, 1, hash) == OK)
        hex_write(hash, 8, hex);
    snprintf(s->user, sizeof s->user, "latchkey-%s", hex);
}

static ipp_t *request(struct ipp_session *s, ipp_op_t op, int job_id)
{
    ipp_t *r = ippNewRequest(op); /* with charset and language */

    if (r == NULL)
        return NULL;
    ippSetRequestId(r, ++s->request_id);
    ippAddString(r, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, s->uri);
    if (job_id > 0)
        ippAddInteger(r, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job_id);
    ippAddString(r, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL, s->user);
    return r;
}

enum err ipp_session_status(const ipp_t *answer)
{
    ipp_status_t status = ippGetStatusCode((ipp_t *)answer);

    switch (status) {
    case IPP_STATUS_ERROR_BUSY:
    case IPP_STATUS_ERROR_SERVICE_UNAVAILABLE:
    case IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS:
    case IPP_STATUS_ERROR_TEMPORARY:
    case IPP_STATUS_ERROR_TOO_MANY_JOBS:
        return ERR_FULL;
    case IPP_STATUS_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED:
    case IPP_STATUS_ERROR_DOCUMENT_FORMAT_ERROR:
    case IPP_STATUS_ERROR_DOCUMENT_UNPRINTABLE:
        return ERR_UNSUPPORTED;
    case IPP_STATUS_ERROR_NOT_FOUND:
    case IPP_STATUS_ERROR_GONE:
        return ERR_NOTFOUND;
    default:
        return status >= IPP_STATUS_OK && status < IPP_STATUS_REDIRECTION_OTHER_SITE ? OK : ERR_REFUSED;
    }
}

/* Send r, which is freed, and judge the answer. answer may be NULL. */
static enum err ask(struct ipp_session *s, ipp_t *r, const struct ipp_http_body *body, ipp_t **answer)
{
    ipp_t *a = NULL;
    enum err e = ERR_NOMEM;

    if (r == NULL)
        return e;
    e = ipp_http_ask(s->http, r, body, &a);
    ippDelete(r);
    if (e != OK)
        return e == ERR_UNSUPPORTED ? ERR_REFUSED : e; /* old TLS: here the word is kept for the document's format */
    if ((e = ipp_session_status(a)) == OK && answer != NULL) {
        *answer = a; /* the caller owns it now */
        a = NULL;
    }
    ippDelete(a);
    return e;
}

enum err ipp_session_printer(struct ipp_session *s, ipp_t **out)
{
    ipp_t *r = request(s, IPP_OP_GET_PRINTER_ATTRIBUTES, 0);

    if (r != NULL) {
        static const char *const wanted[] = {"printer-description", "job-template", "media-col-supported"};

        ippAddStrings(r, IPP_TAG_OPERATION, IPP_CONST_TAG(IPP_TAG_KEYWORD), "requested-attributes", 3, NULL, wanted);
    }
    return ask(s, r, NULL, out);
}

/* One keyword of a printer's: what a registered name is made of, and nothing that a log or page could stumble over. */
static int is_keyword(const char *text)
{
    return text[0] != '\0' && text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-._")] == '\0';
}

void ipp_session_keywords(ipp_attribute_t *a, char *out, size_t size)
{
    size_t len = 0;

    out[0] = '\0';
    for (int i = 0; i < ippGetCount(a); i++) {
        const char *word = ippGetString(a, i, NULL);

        if (word == NULL || !is_keyword(word) || strcmp(word, "none") == 0 || len + strlen(word) + 2 > size)
            continue;
        len += (size_t)snprintf(out + len, size - len, "%s%s", len > 0 ? "," : "", word);
    }
}

enum err ipp_session_reasons(struct ipp_session *s, char out[static STATE_REASONS_SIZE])
{
    ipp_t *r = request(s, IPP_OP_GET_PRINTER_ATTRIBUTES, 0), *answer;
    enum err e;

    if (r != NULL)
        ippAddString(r, IPP_TAG_OPERATION, IPP_CONST_TAG(IPP_TAG_KEYWORD), "requested-attributes", NULL,
                     "printer-state-reasons");
    if ((e = ask(s, r, NULL, &answer)) != OK)
        return e;
    ipp_session_keywords(ippFindAttribute(answer, "printer-state-reasons", IPP_TAG_ZERO), out, STATE_REASONS_SIZE);
    ippDelete(answer);
    return OK;
}

/* What makes a job: its name, no fidelity (an option that cannot be had does not stop the paper), its attributes. */
static ipp_t *job_request(struct ipp_session *s, ipp_op_t op, const char *format, ipp_t *attributes)
{
    ipp_t *r = request(s, op, 0);

    if (r == NULL)
        return NULL;
    ippAddString(r, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, s->job_name);
    ippAddBoolean(r, IPP_TAG_OPERATION, "ipp-attribute-fidelity", 0);
    if (format != NULL)
        ippAddString(r, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL, format);
    for (ipp_attribute_t *a = attributes == NULL ? NULL : ippFirstAttribute(attributes); a != NULL;
         a = ippNextAttribute(attributes)) {
        if (ippGetGroupTag(a) == IPP_TAG_JOB)
            ippCopyAttribute(r, a, 0);
    }
    return r;
}

static enum err ask_job_id(struct ipp_session *s, ipp_t *r, const struct ipp_http_body *body, int *job_id)
{
    ipp_t *answer;
    enum err e = ask(s, r, body, &answer);

    if (e != OK)
        return e;
    *job_id = ippGetInteger(ippFindAttribute(answer, "job-id", IPP_TAG_INTEGER), 0);
    ippDelete(answer);
    return *job_id > 0 ? OK : ERR_PEER;
}

enum err ipp_session_create(struct ipp_session *s, ipp_t *attributes, int *job_id)
{
    return ask_job_id(s, job_request(s, IPP_OP_CREATE_JOB, NULL, attributes), NULL, job_id);
}

enum err ipp_session_print(struct ipp_session *s, ipp_t *attributes, const char *format,
                           const struct ipp_http_body *body, int *job_id)
{
    return ask_job_id(s, job_request(s, IPP_OP_PRINT_JOB, format, attributes), body, job_id);
}

enum err ipp_session_send(struct ipp_session *s, int job_id, const char *format, const struct ipp_http_body *body)
{
    ipp_t *r = request(s, IPP_OP_SEND_DOCUMENT, job_id);

    if (r != NULL) {
        ippAddString(r, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL, format);
        ippAddBoolean(r, IPP_TAG_OPERATION, "last-document", 1);
    }
    return ask(s, r, body, NULL);
}

enum err ipp_session_job(struct ipp_session *s, int job_id, struct ipp_job *out)
{
    static const char *const wanted[] = {"job-state", "job-impressions-completed", "job-media-sheets-completed"};
    ipp_t *r = request(s, IPP_OP_GET_JOB_ATTRIBUTES, job_id), *answer;
    ipp_attribute_t *state, *impressions, *sheets;
    enum err e;

    if (r != NULL)
        ippAddStrings(r, IPP_TAG_OPERATION, IPP_CONST_TAG(IPP_TAG_KEYWORD), "requested-attributes", 3, NULL, wanted);
    if ((e = ask(s, r, NULL, &answer)) != OK)
        return e;
    state = ippFindAttribute(answer, "job-state", IPP_TAG_ENUM);
    impressions = ippFindAttribute(answer, "job-impressions-completed", IPP_TAG_INTEGER);
    sheets = ippFindAttribute(answer, "job-media-sheets-completed", IPP_TAG_INTEGER);
    out->state = (ipp_jstate_t)ippGetInteger(state, 0);
    out->impressions = impressions != NULL && ippGetInteger(impressions, 0) >= 0
                           ? (uint32_t)ippGetInteger(impressions, 0)
                           : IMPRESSIONS_UNKNOWN;
    out->sheets = sheets != NULL ? ippGetInteger(sheets, 0) : -1;
    ippDelete(answer);
    return state != NULL ? OK : ERR_PEER;
}

enum err ipp_session_cancel(struct ipp_session *s, int job_id)
{
    return ask(s, request(s, IPP_OP_CANCEL_JOB, job_id), NULL, NULL);
}

/* The attributes of one job of the list end where the next group begins. */
static int find_named(ipp_t *answer, const char *name)
{
    int job_id = 0, is_ours = 0;

    for (ipp_attribute_t *a = ippFirstAttribute(answer); a != NULL; a = ippNextAttribute(answer)) {
        const char *attribute = ippGetName(a);

        if (attribute == NULL) { /* a group's end */
            job_id = is_ours = 0;
        } else if (ippGetGroupTag(a) == IPP_TAG_JOB && strcmp(attribute, "job-id") == 0) {
            job_id = ippGetInteger(a, 0);
        } else if (ippGetGroupTag(a) == IPP_TAG_JOB && strcmp(attribute, "job-name") == 0) {
            const char *text = ippGetString(a, 0, NULL);

            is_ours = text != NULL && strcmp(text, name) == 0;
        }
        if (is_ours && job_id > 0)
            return job_id;
    }
    return 0;
}

enum err ipp_session_find(struct ipp_session *s, int *job_id)
{
    static const char *const which[] = {"not-completed", "completed"};
    static const char *const wanted[] = {"job-id", "job-name"};

    for (size_t i = 0; i < 2; i++) {
        ipp_t *r = request(s, IPP_OP_GET_JOBS, 0), *answer;
        enum err e;

        if (r != NULL) {
            ippAddInteger(r, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "limit", JOBS_ASKED);
            ippAddStrings(r, IPP_TAG_OPERATION, IPP_CONST_TAG(IPP_TAG_KEYWORD), "requested-attributes", 2, NULL,
                          wanted);
            ippAddString(r, IPP_TAG_OPERATION, IPP_CONST_TAG(IPP_TAG_KEYWORD), "which-jobs", NULL, which[i]);
        }
        if ((e = ask(s, r, NULL, &answer)) != OK)
            return e;
        *job_id = find_named(answer, s->job_name);
        ippDelete(answer);
        if (*job_id > 0)
            return OK;
    }
    return ERR_NOTFOUND;
}
