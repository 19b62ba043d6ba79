/* SPDX-License-Identifier: Apache-2.0 */
/* reply: answers, with the headers that every answer has. */
#ifndef DEVICESCOUT_WEB_REPLY_H
#define DEVICESCOUT_WEB_REPLY_H

#include "devicescout/web/request.h"

/* json is taken over. */
void reply_json(struct request *r, unsigned status, json_t *json);
/* {"error": code, "text": text}; code is what the page has words for. */
void reply_error(struct request *r, unsigned status, const char *code, const char *text);
void reply_file(struct request *r, unsigned status, const char *type, const void *bytes, size_t len);
/* A response made elsewhere; taken over. */
void reply_response(struct request *r, unsigned status, const char *type, struct MHD_Response *response);
void reply_header(struct request *r, const char *name, const char *value);

#endif
