/* SPDX-License-Identifier: Apache-2.0 */
/* ipp_http: one easy handle in a multi handle, so that a stop, a stall and the printer are waited for at once. */
#include "printscout/courier/ipp_http.h"

#include <curl/curl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define ANSWER_MAX ((size_t)256 * 1024) /* a large printer's attributes are 30 kB */
#define UPLOAD_LEN 131072L              /* what curl asks the document for at once */
#define STALL_MS   1000
#define PIN_TEXT   64

struct ipp_http {
    CURLM *multi; /* keeps the connection from one request to the next */
    CURL *easy;
    struct curl_slist *headers;
    uint32_t idle_ms;
    int stop_fd;
    /* Of the request under way. */
    struct rbuf head; /* the IPP message, what is left to send */
    const struct ipp_http_body *body;
    enum err body_error;
    uint8_t *answer;
    size_t answer_len;
    uint64_t moved_ms; /* when a byte last went or came */
};

static size_t give(char *out, size_t size, size_t count, void *arg)
{
    struct ipp_http *h = arg;
    size_t max = size * count, n = h->head.left < max ? h->head.left : max;

    h->moved_ms = clock_boot_ms();
    if (n > 0)
        return rbuf_copy(&h->head, out, n) == OK ? n : CURL_READFUNC_ABORT;
    if (h->body == NULL)
        return 0;
    h->body_error = h->body->read(h->body->arg, (uint8_t *)out, max, &n);
    return h->body_error == OK ? n : CURL_READFUNC_ABORT;
}

static size_t take(char *bytes, size_t size, size_t count, void *arg)
{
    struct ipp_http *h = arg;
    size_t n = size * count;

    if (h->answer_len == 0) /* from its first byte on an answer has as long as a silence: it must not drip for ever */
        h->moved_ms = clock_boot_ms();
    if (n > ANSWER_MAX - h->answer_len)
        return 0; /* curl ends the transfer */
    if (h->answer == NULL && (h->answer = malloc(ANSWER_MAX)) == NULL)
        return 0;
    memcpy(h->answer + h->answer_len, bytes, n);
    h->answer_len += n;
    return n;
}

static CURLcode set_trust(CURL *easy, const uint8_t *pin)
{
    char text[PIN_TEXT] = "sha256//";
    size_t len = strlen(text);
    CURLcode c;

    sodium_bin2base64(text + len, sizeof text - len, pin, 32, sodium_base64_VARIANT_ORIGINAL);
    if ((c = curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, text)) != CURLE_OK)
        return c;
    /* The pin says which key; who signed its certificate, to what name and until when, says nothing more. */
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    return curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
}

static CURLcode set_options(struct ipp_http *h, const struct ipp_http_opts *o)
{
    char url[PRINTER_URL_SIZE];
    CURLcode c;

    if ((c = curl_easy_setopt(h->easy, CURLOPT_URL, printer_uri_url(o->where, url))) != CURLE_OK ||
        (c = curl_easy_setopt(h->easy, CURLOPT_PROTOCOLS_STR, "https")) != CURLE_OK ||
        (c = set_trust(h->easy, o->pin)) != CURLE_OK || (c = curl_easy_setopt(h->easy, CURLOPT_PROXY, "")) != CURLE_OK)
        return c;
    curl_easy_setopt(h->easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(h->easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(h->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_ms);
    curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, h->headers);
    curl_easy_setopt(h->easy, CURLOPT_UPLOAD_BUFFERSIZE, UPLOAD_LEN);
    /* A body that is read, not given, is never sent twice: curl would have to rewind it, and cannot. */
    curl_easy_setopt(h->easy, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(h->easy, CURLOPT_READDATA, h);
    curl_easy_setopt(h->easy, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(h->easy, CURLOPT_WRITEDATA, h);
    return curl_easy_setopt(h->easy, CURLOPT_POST, 1L);
}

static enum err add_header(struct ipp_http *h, const char *line)
{
    struct curl_slist *longer = curl_slist_append(h->headers, line);

    if (longer == NULL)
        return ERR_NOMEM;
    h->headers = longer;
    return OK;
}

enum err ipp_http_new(const struct ipp_http_opts *opts, struct ipp_http **out)
{
    struct ipp_http *h = calloc(1, sizeof *h);
    enum err e = ERR_NOMEM;

    if (h == NULL)
        goto out;
    h->idle_ms = opts->idle_ms;
    h->stop_fd = opts->stop_fd;
    if ((h->multi = curl_multi_init()) == NULL || (h->easy = curl_easy_init()) == NULL)
        goto out;
    if ((e = add_header(h, "Content-Type: application/ipp")) != OK || (e = add_header(h, "Expect:")) != OK)
        goto out;
    e = ERR_NOMEM;
    if (set_options(h, opts) != CURLE_OK)
        goto out;
    *out = h; /* the caller owns it now */
    h = NULL;
    e = OK;
out:
    ipp_http_free(h);
    return e;
}

void ipp_http_free(struct ipp_http *h)
{
    if (h == NULL)
        return;
    curl_easy_cleanup(h->easy);
    curl_multi_cleanup(h->multi);
    curl_slist_free_all(h->headers);
    free(h->answer);
    free(h);
}

/* A connection that never came up is told from one that broke: only the first may be tried again. */
static enum err error_of(struct ipp_http *h, CURLcode c)
{
    long status = 0;

    switch (c) {
    case CURLE_OK:
        curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
        return status == 200 ? OK : ERR_REFUSED;
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return ERR_AUTH;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT: /* the only limit that curl keeps for us is that on connecting */
        return ERR_UNREACHABLE;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
        return ERR_UNSUPPORTED;
    case CURLE_OUT_OF_MEMORY:
        return ERR_NOMEM;
    case CURLE_ABORTED_BY_CALLBACK:
        return h->body_error != OK ? h->body_error : ERR_IO;
    case CURLE_WRITE_ERROR:
        return ERR_PEER; /* an answer without end */
    default:
        return ERR_IO;
    }
}

/* Wait for something to happen. ERR_STATE, ERR_TIMEOUT, or OK. */
static enum err wait_for(struct ipp_http *h)
{
    struct curl_waitfd stop = {.fd = h->stop_fd, .events = CURL_WAIT_POLLIN};
    uint64_t quiet;

    if (curl_multi_poll(h->multi, &stop, h->stop_fd >= 0 ? 1 : 0, STALL_MS, NULL) != CURLM_OK)
        return ERR_IO;
    if (h->stop_fd >= 0 && stop.revents != 0)
        return ERR_STATE;
    quiet = clock_boot_ms() - h->moved_ms;
    if (quiet >= h->idle_ms)
        return ERR_TIMEOUT;
    if (quiet >= STALL_MS && h->body != NULL && h->body->stalled != NULL)
        h->body->stalled(h->body->arg);
    return OK;
}

static enum err transfer(struct ipp_http *h)
{
    const CURLMsg *m;
    int running = 1, left;
    enum err e = OK;

    h->moved_ms = clock_boot_ms();
    if (curl_multi_add_handle(h->multi, h->easy) != CURLM_OK)
        return ERR_NOMEM;
    for (;;) {
        if (curl_multi_perform(h->multi, &running) != CURLM_OK)
            e = ERR_IO;
        if (running == 0 || e != OK || (e = wait_for(h)) != OK)
            break;
    }
    if (e == OK) {
        m = curl_multi_info_read(h->multi, &left);
        e = m != NULL && m->msg == CURLMSG_DONE ? error_of(h, m->data.result) : ERR_IO;
    }
    curl_multi_remove_handle(h->multi, h->easy); /* closes a connection that is in the middle of something */
    return e;
}

enum err ipp_http_ask(struct ipp_http *h, ipp_t *request, const struct ipp_http_body *body, ipp_t **answer)
{
    uint8_t *head = NULL;
    size_t head_len;
    enum err e;

    if ((e = ipp_bytes_write(request, &head, &head_len)) != OK)
        goto out;
    h->head = rbuf_of(head, head_len);
    h->body = body;
    h->body_error = OK;
    h->answer_len = 0;
    curl_easy_setopt(h->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(head_len + (body != NULL ? body->len : 0)));
    if ((e = transfer(h)) != OK)
        goto out;
    if (ipp_bytes_read(h->answer, h->answer_len, answer) != OK)
        e = ERR_PEER;
out:
    free(head);
    h->body = NULL;
    return e;
}
