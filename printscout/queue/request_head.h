/* SPDX-License-Identifier: Apache-2.0 */
/* request_head: what RFC 8011 section 4.1 asks of every request, in the order in which it wants it checked. */
#ifndef QUEUE_REQUEST_HEAD_H
#define QUEUE_REQUEST_HEAD_H

#include "printscout/queue/request.h"

int request_head_version_is_known(uint8_t major);

/*
 * Check version, request-id, operation, charset, language, doubled attributes and target, and set r->operation.
 * Errors: ERR_REFUSED after request_refuse().
 */
MUST_USE enum err request_head_check(struct request *r);

/* The job that the request is about: job-uri's last part, or job-id. 0: it names none. */
uint32_t request_head_job(const struct request *r);

/* An operation attribute's text, or NULL when it is absent or has another syntax. */
const char *request_head_text(const struct request *r, const char *name, ipp_tag_t tag);

/* An operation attribute's boolean, or fallback. */
int request_head_flag(const struct request *r, const char *name, int fallback);

#endif
