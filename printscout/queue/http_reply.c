/* SPDX-License-Identifier: Apache-2.0 */
/* http_reply: see http_reply.h. */
#include "printscout/queue/http_reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printscout/queue/basic.h"
#include "printscout/queue/pages.h"
#include "printscout/queue/printer.h"

static struct MHD_Response *say(const char *sentence)
{
    return MHD_create_response_from_buffer(strlen(sentence), (void *)(uintptr_t)sentence, MHD_RESPMEM_PERSISTENT);
}

enum MHD_Result http_refuse_for(struct MHD_Connection *connection, unsigned status, const char *sentence,
                                uint32_t again_s)
{
    struct MHD_Response *response = say(sentence);
    enum MHD_Result r = MHD_NO;
    char seconds[16];

    snprintf(seconds, sizeof seconds, "%u", (unsigned)again_s);
    if (response != NULL && MHD_add_response_header(response, "Content-Type", "text/plain") == MHD_YES &&
        MHD_add_response_header(response, "Connection", "close") == MHD_YES &&
        (again_s == 0 || MHD_add_response_header(response, "Retry-After", seconds) == MHD_YES))
        r = MHD_queue_response(connection, status, response);
    if (response != NULL)
        MHD_destroy_response(response);
    return r;
}

enum MHD_Result http_refuse(struct MHD_Connection *connection, unsigned status, const char *sentence)
{
    return http_refuse_for(connection, status, sentence, 0);
}

enum MHD_Result http_challenge(struct MHD_Connection *connection, const char *sentence)
{
    struct MHD_Response *response = say(sentence);
    enum MHD_Result r = MHD_NO;

    if (response != NULL) {
        r = MHD_queue_basic_auth_fail_response(connection, BASIC_REALM, response);
        MHD_destroy_response(response);
    }
    return r;
}

enum MHD_Result http_show_page(struct queue *q, const struct printer *p, struct MHD_Connection *connection,
                               uint32_t uid, const char *path)
{
    struct MHD_Response *response = NULL;
    struct page page;
    enum MHD_Result r = MHD_NO;

    if (pages_get(q, p, uid, path, &page) != OK)
        return http_refuse(connection, MHD_HTTP_NOT_FOUND, "The printer is at " PRINTER_PATH ".\n");
    if ((response = MHD_create_response_from_buffer(page.len, page.bytes, MHD_RESPMEM_MUST_FREE)) == NULL) {
        free(page.bytes);
        return MHD_NO;
    }
    if (MHD_add_response_header(response, "Content-Type", page.type) == MHD_YES &&
        MHD_add_response_header(response, "Content-Security-Policy",
                                "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'") ==
            MHD_YES &&
        MHD_add_response_header(response, "Cache-Control", "no-store") == MHD_YES &&
        MHD_add_response_header(response, "X-Content-Type-Options", "nosniff") == MHD_YES)
        r = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return r;
}

enum MHD_Result http_answer(struct MHD_Connection *connection, struct request *r)
{
    struct MHD_Response *response = NULL;
    uint8_t *bytes = NULL;
    size_t len;
    enum MHD_Result result = MHD_NO;
    enum err e = request_end(r);

    if (e == ERR_FORMAT)
        return http_refuse(connection, MHD_HTTP_BAD_REQUEST, "This is not an IPP request.\n");
    if (e == OK && r->is_challenged)
        return http_challenge(connection, "Only cupsd may print for others.\n");
    if (e != OK || request_answer(r, &bytes, &len) != OK)
        goto out;
    if ((response = MHD_create_response_from_buffer(len, bytes, MHD_RESPMEM_MUST_FREE)) == NULL)
        goto out;
    bytes = NULL; /* the response's now */
    if (MHD_add_response_header(response, "Content-Type", "application/ipp") == MHD_YES)
        result = MHD_queue_response(connection, MHD_HTTP_OK, response);
out:
    free(bytes);
    if (response != NULL)
        MHD_destroy_response(response);
    return result;
}
