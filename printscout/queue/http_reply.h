/* SPDX-License-Identifier: Apache-2.0 */
/* http_reply: what goes back over HTTP: an IPP answer, a page, or a refusal in a sentence. For http.c. */
#ifndef QUEUE_HTTP_REPLY_H
#define QUEUE_HTTP_REPLY_H

#include <microhttpd.h>

#include "printscout/queue/request.h"

/* Each queues the reply and gives libmicrohttpd's word on that; MHD_NO breaks the connection. */

/* A status and a sentence, which is static; then the connection ends. */
enum MHD_Result http_refuse(struct MHD_Connection *connection, unsigned status, const char *sentence);

/* The same, and when it is worth to ask again; 0: not said. */
enum MHD_Result http_refuse_for(struct MHD_Connection *connection, unsigned status, const char *sentence,
                                uint32_t again_s);

/* "Say by what you are known", as HTTP Basic. libcups answers by asking again with name and password. */
enum MHD_Result http_challenge(struct MHD_Connection *connection, const char *sentence);

/* The queue's own page, or one of the printer's icons, for who reaches the queue as p. */
enum MHD_Result http_show_page(struct queue *q, const struct printer *p, struct MHD_Connection *connection,
                               uint32_t uid, const char *path);

/* The body has come: do what the request asks and answer it. */
enum MHD_Result http_answer(struct MHD_Connection *connection, struct request *r);

#endif
