/* SPDX-License-Identifier: Apache-2.0 */
/* ipp_look: libcups codes the request and reads the answer, libcurl carries both. */
#include "devicescout/printers/ipp_look.h"

#include <cups/ipp.h>
#include <curl/curl.h>
#include <stdio.h>
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

/* Formats first: an image/urf-only device is told apart by them. */
static const char *const wanted[] = {"printer-make-and-model", "printer-state", "printer-state-reasons",
                                     "document-format-supported"};

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

static enum err write_request(const char *uri, struct bytes *out)
{
    ipp_t *request = ippNewRequest(IPP_OP_GET_PRINTER_ATTRIBUTES);
    ipp_state_t state = IPP_STATE_ERROR;

    if (request == NULL)
        return ERR_NOMEM;
    ippSetVersion(request, 2, 0);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, uri);
    ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
                  (int)(sizeof wanted / sizeof *wanted), NULL, wanted);
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

/* Append what fits whole, control characters as question marks. */
static void append(char *out, size_t size, const char *text)
{
    const size_t len = strlen(out);

    if (text == NULL || len + (len > 0) + strlen(text) >= size)
        return;
    snprintf(out + len, size - len, "%s%s", len > 0 ? " " : "", text);
    for (char *c = out + len; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f || (unsigned char)*c >= 0x80)
            *c = '?';
    }
}

static void append_all(ipp_t *ipp, const char *name, char *out, size_t size)
{
    ipp_attribute_t *a = ippFindAttribute(ipp, name, IPP_TAG_ZERO);

    for (int i = 0; a != NULL && i < ippGetCount(a); i++)
        append(out, size, ippGetString(a, i, NULL));
}

static enum err read_answer(struct bytes *answer, struct ipp_look *out)
{
    ipp_attribute_t *a;
    ipp_state_t state = IPP_STATE_ERROR;
    ipp_t *ipp;
    enum err e = ERR_PEER;

    if (ipp_nest_check(answer->at, answer->len) != OK)
        return e;
    if ((ipp = ippNew()) == NULL)
        return ERR_NOMEM;
    *answer = (struct bytes){.at = answer->at, .len = 0, .max = answer->len};
    do
        state = ippReadIO(answer, get, 1, NULL, ipp);
    while (state != IPP_STATE_DATA && state != IPP_STATE_ERROR);
    if (state == IPP_STATE_DATA && ippGetStatusCode(ipp) < IPP_STATUS_REDIRECTION_OTHER_SITE) {
        *out = (struct ipp_look){.state = "unknown"};
        append_all(ipp, "printer-make-and-model", out->make_and_model, sizeof out->make_and_model);
        append_all(ipp, "printer-state-reasons", out->state_reasons, sizeof out->state_reasons);
        append_all(ipp, "document-format-supported", out->formats, sizeof out->formats);
        if ((a = ippFindAttribute(ipp, "printer-state", IPP_TAG_ENUM)) != NULL)
            snprintf(out->state, sizeof out->state, "%s", ippEnumString("printer-state", ippGetInteger(a, 0)));
        e = out->formats[0] != '\0' ? OK : ERR_PEER; /* a printer says what it prints */
    }
    ippDelete(ipp);
    return e;
}

static enum err ask(const struct target *t, const uint8_t pin[static 32], struct ipp_look *out)
{
    char uri[PRINTER_URI_SIZE], url[PRINTER_URI_SIZE];
    uint8_t request[REQUEST_MAX];
    struct bytes from = {.at = request, .max = sizeof request};
    struct bytes to = {.at = malloc(ANSWER_MAX), .max = ANSWER_MAX};
    enum err e = ERR_NOMEM;

    if (to.at == NULL)
        return e;
    if ((e = target_uri(t, "ipps", uri)) == OK && (e = target_uri(t, "https", url)) == OK &&
        (e = write_request(uri, &from)) == OK && (e = post(url, pin, &from, &to)) == OK)
        e = read_answer(&to, out);
    free(to.at);
    return e;
}

enum err ipp_look(struct target *t, const char *name, const uint8_t pin[static 32], struct ipp_look *out)
{
    char named[TARGET_PATH_SIZE];
    const char *const usual[] = {"/ipp/print", "/ipp", named, "/ipp/printer", "/ipp/port1", "/"};
    enum err e = ERR_PEER;

    if (t->path[0] != '\0')
        return ask(t, pin, out);
    snprintf(named, sizeof named, "/printers/%s", name);
    for (size_t i = 0; i < sizeof usual / sizeof *usual && e == ERR_PEER; i++) {
        struct target tried = *t;

        snprintf(tried.path, sizeof tried.path, "%s", usual[i]);
        if ((e = ask(&tried, pin, out)) == OK)
            *t = tried;
    }
    return e;
}
