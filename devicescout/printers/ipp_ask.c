/* SPDX-License-Identifier: Apache-2.0 */
/* ipp_ask: libcups codes the request and reads the answer, libcurl carries both. */
#include "devicescout/printers/ipp_ask.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/ipp_nest.h"
#include "crypto/openssl.h"

#define REQUEST_MAX 2048
#define ANSWER_MAX  (256 * 1024) /* what was asked for takes a few KiB */
#define CONNECT_S   3L
#define ALL_S       10L
#define STATUS_OK   200

struct bytes {
    uint8_t *at;
    size_t len, max; /* reading: max is where it ends; writing: what fits */
};

static ssize_t put(void *arg, ipp_uchar_t *from, size_t len)
{
    struct bytes *b = arg;

    if (len > b->max - b->len)
        return -1;
    memcpy(b->at + b->len, from, len);
    b->len += len;
    return (ssize_t)len;
}

static ssize_t get(void *arg, ipp_uchar_t *to, size_t len)
{
    struct bytes *b = arg;
    const size_t n = len < b->max - b->len ? len : b->max - b->len;

    memcpy(to, b->at + b->len, n);
    b->len += n;
    return (ssize_t)n;
}

static enum err write_request(const char *uri, const char *const *wanted, size_t count, struct bytes *out)
{
    ipp_t *request = ippNewRequest(IPP_OP_GET_PRINTER_ATTRIBUTES);
    ipp_state_t state = IPP_STATE_ERROR;

    if (request == NULL)
        return ERR_NOMEM;
    ippSetVersion(request, 2, 0);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, uri);
    ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", (int)count, NULL, wanted);
    do
        state = ippWriteIO(out, put, 1, NULL, request);
    while (state != IPP_STATE_DATA && state != IPP_STATE_ERROR);
    ippDelete(request);
    return state == IPP_STATE_DATA ? OK : ERR_LIMIT;
}

static size_t on_body(char *from, size_t size, size_t count, void *arg)
{
    struct bytes *b = arg;

    if (size * count > b->max - b->len)
        return 0; /* ends the transfer */
    memcpy(b->at + b->len, from, size * count);
    b->len += size * count;
    return size * count;
}

static enum err from_curl(CURLcode code, long status)
{
    switch (code) {
    case CURLE_OK:
        return status == STATUS_OK ? OK : ERR_PEER;
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return ERR_AUTH;
    case CURLE_OPERATION_TIMEDOUT:
        return ERR_TIMEOUT;
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
        return ERR_UNREACHABLE;
    default:
        return ERR_PEER;
    }
}

/* As a delivery speaks: the key decides, not a name or an authority; no redirect, no proxy, nothing older than 1.2. */
static int set_up(CURL *c, const char *url, const char *pin, struct curl_slist *headers, const struct bytes *request,
                  struct bytes *answer)
{
    return curl_easy_setopt(c, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PINNEDPUBLICKEY, pin) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_S) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_TIMEOUT, ALL_S) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)request->len) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_POSTFIELDS, request->at) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEDATA, answer) == CURLE_OK;
}

static enum err post(const char *url, const uint8_t pin[static 32], const struct bytes *request, struct bytes *answer)
{
    char pinned[sizeof "sha256//" + 48] = "sha256//";
    struct curl_slist *headers = NULL, *more;
    CURL *c = curl_easy_init();
    long status = 0;
    enum err e = ERR_NOMEM;

    EVP_EncodeBlock((unsigned char *)pinned + strlen(pinned), pin, 32);
    if (c == NULL || (headers = curl_slist_append(NULL, "Content-Type: application/ipp")) == NULL)
        goto out;
    if ((more = curl_slist_append(headers, "Expect:")) == NULL)
        goto out;
    headers = more;
    if (set_up(c, url, pinned, headers, request, answer)) {
        const CURLcode code = curl_easy_perform(c);

        curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
        e = from_curl(code, status);
    }
out:
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    return e;
}

static enum err read_answer(struct bytes *answer, ipp_t **out)
{
    ipp_state_t state = IPP_STATE_ERROR;
    ipp_t *ipp;

    if (ipp_nest_check(answer->at, answer->len) != OK)
        return ERR_PEER;
    if ((ipp = ippNew()) == NULL)
        return ERR_NOMEM;
    *answer = (struct bytes){.at = answer->at, .len = 0, .max = answer->len};
    do
        state = ippReadIO(answer, get, 1, NULL, ipp);
    while (state != IPP_STATE_DATA && state != IPP_STATE_ERROR);
    if (state != IPP_STATE_DATA || ippGetStatusCode(ipp) >= IPP_STATUS_REDIRECTION_OTHER_SITE) {
        ippDelete(ipp);
        return ERR_PEER;
    }
    *out = ipp; /* the caller owns it now */
    return OK;
}

enum err ipp_ask(const struct target *t, const uint8_t pin[static 32], const char *const *wanted, size_t count,
                 ipp_t **answer)
{
    char uri[PRINTER_URI_SIZE], url[PRINTER_URI_SIZE];
    uint8_t request[REQUEST_MAX];
    struct bytes from = {.at = request, .max = sizeof request};
    struct bytes to = {.at = malloc(ANSWER_MAX), .max = ANSWER_MAX};
    enum err e = ERR_NOMEM;

    if (to.at == NULL)
        return e;
    if ((e = target_uri(t, "ipps", uri)) == OK && (e = target_uri(t, "https", url)) == OK &&
        (e = write_request(uri, wanted, count, &from)) == OK && (e = post(url, pin, &from, &to)) == OK)
        e = read_answer(&to, answer);
    free(to.at);
    return e;
}
