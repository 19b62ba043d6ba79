/* SPDX-License-Identifier: Apache-2.0 */
/* queue_ask: see queue_ask.h. */
#include "printscout/cli/queue_ask.h"

#include <curl/curl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "printscout/conf.h"

#define ANSWER_MAX ((size_t)4 * 1024 * 1024) /* thousands of jobs */
#define TIMEOUT_S  30L

struct answer {
    uint8_t *bytes;
    size_t len, size;
};

static size_t take(char *bytes, size_t size, size_t count, void *arg)
{
    struct answer *a = arg;
    size_t n = size * count;

    if (n > ANSWER_MAX - a->len)
        return 0; /* curl ends the transfer */
    if (a->len + n > a->size) {
        size_t larger = (a->len + n) * 2;
        uint8_t *moved = realloc(a->bytes, larger);

        if (moved == NULL)
            return 0;
        a->bytes = moved;
        a->size = larger;
    }
    memcpy(a->bytes + a->len, bytes, n);
    a->len += n;
    return n;
}

ipp_t *queue_request(ipp_op_t op)
{
    const struct passwd *me = getpwuid(getuid());
    ipp_t *r = ippNewRequest(op);

    if (r == NULL)
        return NULL;
    ippAddString(r, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, QUEUE_URI);
    if (me != NULL)
        ippAddString(r, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL, me->pw_name);
    return r;
}

static enum err error_of(CURL *curl, CURLcode c)
{
    long status = 0;

    switch (c) {
    case CURLE_OK:
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        return status == 200 ? OK : ERR_PEER;
    case CURLE_COULDNT_CONNECT:
        return ERR_UNREACHABLE;
    case CURLE_OPERATION_TIMEDOUT:
        return ERR_TIMEOUT;
    case CURLE_OUT_OF_MEMORY:
        return ERR_NOMEM;
    default:
        return ERR_PEER;
    }
}

static enum err post(CURL *curl, const char *socket, const uint8_t *bytes, size_t len, struct answer *a)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/ipp");
    enum err e = ERR_NOMEM;

    if (headers == NULL)
        goto out;
    if (curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_URL, "http://localhost/ipp/print") != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) != CURLE_OK)
        goto out;
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, TIMEOUT_S);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)len);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, a);
    e = error_of(curl, curl_easy_perform(curl));
out:
    curl_slist_free_all(headers);
    return e;
}

enum err queue_ask(const struct conf *conf, ipp_t *request, ipp_t **answer)
{
    struct answer a = {0};
    uint8_t *bytes = NULL;
    CURL *curl = NULL;
    size_t len;
    enum err e = ERR_NOMEM;

    if (request == NULL)
        goto out;
    if ((e = ipp_bytes_write(request, &bytes, &len)) != OK)
        goto out;
    e = ERR_NOMEM;
    if ((curl = curl_easy_init()) == NULL)
        goto out;
    if ((e = post(curl, conf_text(conf, CONF_QUEUE_SOCKET), bytes, len, &a)) != OK)
        goto out;
    if ((e = ipp_bytes_read(a.bytes, a.len, answer)) == ERR_FORMAT)
        e = ERR_PEER;
out:
    curl_easy_cleanup(curl);
    ippDelete(request);
    free(bytes);
    free(a.bytes);
    return e;
}
