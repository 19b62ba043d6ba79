/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job_template: the options that a person may choose (RFC 8011 section 5.2): which values the virtual printer takes,
 * checking what a request asks for, and the bytes in which the choice travels to the printer that is chosen later.
 */
#ifndef QUEUE_JOB_TEMPLATE_H
#define QUEUE_JOB_TEMPLATE_H

#include "printscout/queue/request.h"

/*
 * Check the job group of a request. What is not supported goes into the answer's unsupported group; the status becomes
 * successful-ok-ignored-or-substituted-attributes, or the request is refused when it insists (ipp-attribute-fidelity).
 *   out     receives the supported ones as RFC 8010 section 3.1.4 encodes them, at most size bytes
 * Errors: ERR_REFUSED after request_refuse(); ERR_NOMEM.
 */
MUST_USE enum err job_template_read(struct request *r, uint8_t *out, size_t size, size_t *len);

/*
 * Change options that were chosen before: what the job group names is replaced, or taken away where its value is
 * delete-attribute. All or nothing.
 *   before  beforelen bytes of former choices
 * Errors: ERR_REFUSED after request_refuse(), when one of them is not supported or cannot be set; ERR_NOMEM.
 */
MUST_USE enum err job_template_change(struct request *r, const uint8_t *before, size_t beforelen, uint8_t *out,
                                      size_t size, size_t *len);

/* The number that was chosen for an option of one; 0: none was. */
int job_template_integer(const uint8_t *bytes, size_t len, const char *name);

/* Put them into an answer's job group. names: the attributes that are wanted; NULL: all. */
void job_template_add(ipp_t *reply, const uint8_t *bytes, size_t len, cups_array_t *names);

/* Add each option's -default and -supported attributes, and the media that there are. */
void job_template_describe(const struct profile *p, ipp_t *printer);

#endif
