/* SPDX-License-Identifier: Apache-2.0 */
/* http_reply: what goes back over HTTP: an IPP answer, a page, or a refusal in a sentence. For http.c. */
#ifndef QUEUE_HTTP_REPLY_H
#define QUEUE_HTTP_REPLY_H

#include <microhttpd.h>

#include "printscout/queue/request.h"

/* Each queues the reply and gives libmicrohttpd's word on that; MHD_NO breaks the connection. */

/* A status and a sentence, which is static; then the connection ends. */
enum MHD_Result http_refuse(struct MHD_Connection *connection, unsigned status, const char *sentence);

/* The queue's own page, or one of the printer's icons. */
enum MHD_Result http_show_page(struct queue *q, struct MHD_Connection *connection, uint32_t uid, const char *path);

/* The body has come: do what the request asks and answer it. */
enum MHD_Result http_answer(struct MHD_Connection *connection, struct request *r);

#endif
