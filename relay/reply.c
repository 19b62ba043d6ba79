/* SPDX-License-Identifier: Apache-2.0 */
/* reply: see reply.h. */
#include "relay/reply.h"

#include <stdlib.h>
#include <string.h>

enum MHD_Result reply_response(struct request *r, unsigned status, struct MHD_Response *response)
{
    enum MHD_Result sent = MHD_NO; /* closes the connection */

    if (response == NULL)
        return MHD_NO;
    if (MHD_add_response_header(response, "Cache-Control", "no-store") == MHD_YES)
        sent = MHD_queue_response(r->connection, status, response);
    MHD_destroy_response(response); /* the connection holds it until it is sent */
    if (sent == MHD_YES)
        r->server->metrics.requests[status / 100]++;
    return sent;
}

static enum MHD_Result reply_buffer(struct request *r, unsigned status, const char *type, void *bytes, size_t len,
                                    enum MHD_ResponseMemoryMode mode)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(len, bytes, mode);

    if (response == NULL) {
        if (mode == MHD_RESPMEM_MUST_FREE)
            free(bytes);
        return MHD_NO;
    }
    if (type != NULL && MHD_add_response_header(response, "Content-Type", type) != MHD_YES) {
        MHD_destroy_response(response);
        return MHD_NO;
    }
    /* 401 names the scheme (RFC 9110); 429 says when to come again, so that a full mailbox is not hammered. */
    if ((status == MHD_HTTP_UNAUTHORIZED &&
         MHD_add_response_header(response, "WWW-Authenticate", "Bearer") != MHD_YES) ||
        (status == MHD_HTTP_TOO_MANY_REQUESTS && MHD_add_response_header(response, "Retry-After", "30") != MHD_YES)) {
        MHD_destroy_response(response);
        return MHD_NO;
    }
    return reply_response(r, status, response);
}

enum MHD_Result reply_empty(struct request *r, unsigned status)
{
    return reply_buffer(r, status, NULL, NULL, 0, MHD_RESPMEM_PERSISTENT);
}

enum MHD_Result reply_copy(struct request *r, unsigned status, const char *type, const void *bytes, size_t len)
{
    uint8_t *copy = malloc(len + 1); /* never malloc(0) */

    if (copy == NULL)
        return MHD_NO;
    memcpy(copy, bytes, len);
    return reply_buffer(r, status, type, copy, len, MHD_RESPMEM_MUST_FREE);
}

enum MHD_Result reply_bytes(struct request *r, unsigned status, uint8_t *bytes, size_t len)
{
    return reply_buffer(r, status, "application/octet-stream", bytes, len, MHD_RESPMEM_MUST_FREE);
}

enum MHD_Result reply_error(struct request *r, unsigned status, const char *sentence)
{
    char line[256];
    size_t len = strlen(sentence);

    if (len > sizeof line - 1)
        len = sizeof line - 1;
    memcpy(line, sentence, len);
    line[len++] = '\n';
    return reply_copy(r, status, "text/plain; charset=utf-8", line, len);
}

enum MHD_Result reply_err(struct request *r, enum err e)
{
    switch (e) {
    case ERR_FORMAT:
        return reply_error(r, MHD_HTTP_BAD_REQUEST, "The request is not what this route expects.");
    case ERR_LIMIT:
        return reply_error(r, MHD_HTTP_BAD_REQUEST, "A number in the request is too large.");
    case ERR_FULL:
        return reply_error(r, MHD_HTTP_TOO_MANY_REQUESTS, "There is no room for it; try again later.");
    case ERR_NOTFOUND:
        return reply_error(r, MHD_HTTP_NOT_FOUND, "There is no such thing here.");
    default:
        return reply_error(r, MHD_HTTP_INTERNAL_SERVER_ERROR, "The relay could not do it; its log says why.");
    }
}
