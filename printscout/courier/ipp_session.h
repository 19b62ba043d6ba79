/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipp_session: what the courier says to a printer in IPP (RFC 8011), operation by operation. The job's name there is
 * the order's id, its owner a pseudonym, and no document name is sent: a printer's own list tells nothing of people.
 */
#ifndef PRINTSCOUT_COURIER_IPP_SESSION_H
#define PRINTSCOUT_COURIER_IPP_SESSION_H

#include "printscout/courier/ipp_http.h"
#include "proto/report.h"

struct ipp_session { /* one delivery's */
    struct ipp_http *http;
    const char *uri;            /* printer-uri */
    char job_name[ID_HEX_SIZE]; /* job-name: the order id */
    char user[40];              /* requesting-user-name */
    int request_id;
};

/* job is hashed into the pseudonym. */
void ipp_session_start(struct ipp_session *s, struct ipp_http *http, const struct order *o);

/* The answer's status decides besides the transport's errors: ERR_FULL busy, try again; ERR_UNSUPPORTED the document's
 * format; ERR_NOTFOUND no such job; ERR_REFUSED any other refusal. */
MUST_USE enum err ipp_session_status(const ipp_t *answer);

/* Get-Printer-Attributes. *out is for ippDelete(). */
MUST_USE enum err ipp_session_printer(struct ipp_session *s, ipp_t **out);

/* Its printer-state-reasons alone, as text. */
MUST_USE enum err ipp_session_reasons(struct ipp_session *s, char out[static STATE_REASONS_SIZE]);

/*
 * Create-Job, then Send-Document; or Print-Job.
 *   attributes  job attributes to send with it, in their group; NULL: none
 *   format      document-format
 *   job_id      receives the printer's job-id
 */
MUST_USE enum err ipp_session_create(struct ipp_session *s, ipp_t *attributes, int *job_id);
MUST_USE enum err ipp_session_send(struct ipp_session *s, int job_id, const char *format,
                                   const struct ipp_http_body *body);
MUST_USE enum err ipp_session_print(struct ipp_session *s, ipp_t *attributes, const char *format,
                                    const struct ipp_http_body *body, int *job_id);

struct ipp_job {
    ipp_jstate_t state;
    uint32_t impressions; /* IMPRESSIONS_UNKNOWN: the printer does not say */
    int sheets;           /* -1: the same */
};

/* Get-Job-Attributes, Cancel-Job. */
MUST_USE enum err ipp_session_job(struct ipp_session *s, int job_id, struct ipp_job *out);
MUST_USE enum err ipp_session_cancel(struct ipp_session *s, int job_id);

/* Get-Jobs: the job that has our name. ERR_NOTFOUND: none that the printer remembers. */
MUST_USE enum err ipp_session_find(struct ipp_session *s, int *job_id);

/* A printer's or job's keywords, joined by commas and cleaned: hostile text stays out of reports. "none" gives "". */
void ipp_session_keywords(ipp_attribute_t *a, char *out, size_t size);

#endif
