/* SPDX-License-Identifier: Apache-2.0 */
/* http_reply: see http_reply.h. */
#include "printscout/queue/http_reply.h"

#include <stdlib.h>
#include <string.h>

#include "printscout/queue/pages.h"
#include "printscout/queue/printer.h"

enum MHD_Result http_refuse(struct MHD_Connection *connection, unsigned status, const char *sentence)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(sentence), (void *)(uintptr_t)sentence, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result r = MHD_NO;

    if (response != NULL && MHD_add_response_header(response, "Content-Type", "text/plain") == MHD_YES &&
        MHD_add_response_header(response, "Connection", "close") == MHD_YES)
        r = MHD_queue_response(connection, status, response);
    if (response != NULL)
        MHD_destroy_response(response);
    return r;
}

/* Ask for cupsd's secret. libcups answers by asking again with it. */
static enum MHD_Result challenge(struct MHD_Connection *connection)
{
    static const char sentence[] = "Only cupsd may print for others.\n";
    struct MHD_Response *response =
        MHD_create_response_from_buffer(sizeof sentence - 1, (void *)(uintptr_t)sentence, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result r = MHD_NO;

    if (response != NULL) {
        r = MHD_queue_basic_auth_fail_response(connection, "printscout-queue", response);
        MHD_destroy_response(response);
    }
    return r;
}

enum MHD_Result http_show_page(struct queue *q, struct MHD_Connection *connection, uint32_t uid, const char *path)
{
    struct MHD_Response *response = NULL;
    struct page page;
    enum MHD_Result r = MHD_NO;

    if (pages_get(q, uid, path, &page) != OK)
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
        return challenge(connection);
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
