/* SPDX-License-Identifier: Apache-2.0 */
/* reply: one place where a response is made, so that none goes out without its headers. */
#include "devicescout/web/reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* Nothing is cached, framed, sniffed or loaded from elsewhere; no script or style stands in a page. */
static const struct {
    const char *name, *value;
} always[] = {
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                                "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"}, /* for engines that do not know frame-ancestors */
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
};

void reply_header(struct request *r, const char *name, const char *value)
{
    if (r->response != NULL && MHD_add_response_header(r->response, name, value) != MHD_YES)
        log_warn("reply_header_lost", "name=%s", name);
}

void reply_response(struct request *r, unsigned status, const char *type, struct MHD_Response *response)
{
    if (r->response != NULL)
        MHD_destroy_response(r->response);
    r->response = response;
    r->status = status;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        reply_header(r, always[i].name, always[i].value);
    reply_header(r, "Content-Type", type);
}

void reply_json(struct request *r, unsigned status, json_t *json)
{
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    struct MHD_Response *response = NULL;

    json_decref(json);
    if (text != NULL)
        response = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_COPY);
    free(text);
    reply_response(r, response != NULL ? status : MHD_HTTP_INTERNAL_SERVER_ERROR, "application/json", response);
}

void reply_error(struct request *r, unsigned status, const char *code, const char *text)
{
    reply_json(r, status, json_pack("{s:s, s:s}", "error", code, "text", text));
}

void reply_file(struct request *r, unsigned status, const char *type, const void *bytes, size_t len)
{
    reply_response(r, status, type,
                   MHD_create_response_from_buffer(len, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT));
}
