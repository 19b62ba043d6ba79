/* SPDX-License-Identifier: Apache-2.0 */
/* relay_http: see relay_http.h. What libcurl is told is in relay_curl.c. */
#include "proto/relay_http.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "proto/relay_curl.h"

#define PIN_BYTES        32
#define CONNECT_MS       10000
#define HEADERS_MAX      16384 /* all of an answer's, interim answers and a proxy's too */
#define FIRST_BYTE_MS    30000
#define HEARTBEAT_S      60 /* a relay's, unless it says otherwise */
#define HEARTBEAT_MOST_S 300

struct relay_http {
    CURLM *multi; /* holds the connection between calls, and can be woken from another thread */
    CURL *easy;
    char *url;
    char pin[RELAY_CURL_PIN_SIZE];
    atomic_int stopping;
    /* of the call that runs: */
    const struct relay_call *call;
    struct relay_answer *answer; /* NULL: a stream */
    relay_http_fn *fn;
    void *arg;
    enum err why; /* what our own callbacks ended it with */
    size_t headers_len;
    unsigned heartbeat_s; /* 0: nothing has come yet */
    uint64_t heard_boot_ms;
};

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static CURLcode curl_started;

static void start_curl(void)
{
    curl_started = curl_global_init(CURL_GLOBAL_DEFAULT);
}

enum err relay_http_new(const char *url, const uint8_t *pin, struct relay_http **out)
{
    struct relay_http *h = NULL;
    enum err e = ERR_NOMEM;

    pthread_once(&curl_once, start_curl);
    if (curl_started != CURLE_OK || (h = calloc(1, sizeof *h)) == NULL)
        goto out;
    relay_curl_pin(pin, h->pin);
    if ((h->url = strdup(url)) == NULL || (h->multi = curl_multi_init()) == NULL ||
        (h->easy = curl_easy_init()) == NULL || curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, 1L) != CURLM_OK)
        goto out;
    *out = h;
    h = NULL;
    e = OK;
out:
    relay_http_free(h);
    return e;
}

void relay_http_free(struct relay_http *h)
{
    if (h == NULL)
        return;
    if (h->easy != NULL)
        curl_easy_cleanup(h->easy);
    if (h->multi != NULL)
        curl_multi_cleanup(h->multi);
    free(h->url);
    free(h);
}

void relay_http_stop(struct relay_http *h)
{
    atomic_store(&h->stopping, 1);
    curl_multi_wakeup(h->multi); /* a wake-up that comes before the wait is kept for it */
}

static size_t on_header(char *bytes, size_t size, size_t n, void *arg)
{
    static const char name[] = "Latchkey-Heartbeat:";
    struct relay_http *h = arg;

    n *= size;
    if (n > HEADERS_MAX - h->headers_len) {
        h->why = ERR_PEER;
        return 0;
    }
    h->headers_len += n;
    if (n > sizeof name && strncasecmp(bytes, name, sizeof name - 1) == 0) {
        unsigned s = 0;

        for (size_t i = sizeof name; i < n && bytes[i] >= '0' && bytes[i] <= '9' && s < HEARTBEAT_MOST_S; i++)
            s = s * 10 + (unsigned)(bytes[i] - '0');
        if (s > 0)
            h->heartbeat_s = s < HEARTBEAT_MOST_S ? s : HEARTBEAT_MOST_S;
    }
    return n;
}

static enum err keep_answer(struct relay_http *h, const char *bytes, size_t len)
{
    struct relay_answer *a = h->answer;
    uint8_t *grown;

    if (len > h->call->answer_max - a->len)
        return ERR_PEER;
    if ((grown = realloc(a->bytes, a->len + len)) == NULL)
        return ERR_NOMEM;
    memcpy(grown + a->len, bytes, len);
    a->bytes = grown;
    a->len += len;
    return OK;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct relay_http *h = arg;
    long status = 0;

    (void)size; /* always 1 */
    h->heard_boot_ms = clock_boot_ms();
    if (h->heartbeat_s == 0)
        h->heartbeat_s = HEARTBEAT_S;
    if (h->answer != NULL) {
        h->why = keep_answer(h, bytes, n);
    } else {
        curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
        h->why = status == 200 ? h->fn(h->arg, bytes, n) : ERR_PEER;
    }
    return h->why == OK ? n : 0; /* anything but n ends the transfer */
}

static CURLcode finished(struct relay_http *h)
{
    CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(h->multi, &left)) != NULL) {
        if (m->msg == CURLMSG_DONE)
            return m->data.result;
    }
    return CURLE_RECV_ERROR;
}

/* Until the next look: when the silence of a stream has lasted too long. */
static int wait_ms(const struct relay_http *h)
{
    uint64_t most_ms = h->heartbeat_s == 0 ? FIRST_BYTE_MS : (uint64_t)h->heartbeat_s * 2500;
    uint64_t silent_ms = clock_boot_ms() - h->heard_boot_ms; /* counts a suspend: a woken laptop looks at once */

    if (h->answer != NULL)
        return 60000; /* libcurl keeps the call's own time limit */
    return silent_ms < most_ms ? (int)(most_ms - silent_ms) : 0;
}

static enum err run(struct relay_http *h)
{
    int running = 1, ms;

    h->heard_boot_ms = clock_boot_ms();
    for (;;) {
        if (atomic_load(&h->stopping)) {
            /* Do not wait for a name server that does not answer. */
            curl_easy_setopt(h->easy, CURLOPT_QUICK_EXIT, 1L);
            return ERR_STATE;
        }
        if (curl_multi_perform(h->multi, &running) != CURLM_OK)
            return ERR_NOMEM;
        if (running == 0)
            return h->why != OK ? h->why : relay_curl_err(finished(h));
        if ((ms = wait_ms(h)) == 0)
            return ERR_TIMEOUT;
        if (curl_multi_poll(h->multi, NULL, 0, ms, NULL) != CURLM_OK)
            return ERR_NOMEM;
    }
}

/* Everything that a call and a stream have in common. */
static enum err perform(struct relay_http *h, const struct relay_call *c, long *status)
{
    char url[512];
    struct curl_slist *headers = NULL;
    enum err e = ERR_NOMEM;

    h->call = c;
    h->why = OK;
    h->headers_len = 0;
    h->heartbeat_s = 0;
    curl_easy_reset(h->easy);
    if (snprintf(url, sizeof url, "%s%s", h->url, c->path) >= (int)sizeof url)
        return ERR_LIMIT;
    if ((e = relay_curl_headers(c, &headers)) != OK)
        goto out;
    e = ERR_NOMEM;
    if (relay_curl_set(h->easy, h->pin) != CURLE_OK || relay_curl_body(h->easy, c) != CURLE_OK ||
        curl_easy_setopt(h->easy, CURLOPT_URL, url) != CURLE_OK ||
        curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, headers) != CURLE_OK ||
        curl_easy_setopt(h->easy, CURLOPT_TIMEOUT_MS, (long)c->timeout_s * 1000) != CURLE_OK ||
        curl_easy_setopt(h->easy, CURLOPT_HEADERFUNCTION, on_header) != CURLE_OK ||
        curl_easy_setopt(h->easy, CURLOPT_HEADERDATA, h) != CURLE_OK ||
        curl_easy_setopt(h->easy, CURLOPT_WRITEFUNCTION, on_body) != CURLE_OK ||
        curl_easy_setopt(h->easy, CURLOPT_WRITEDATA, h) != CURLE_OK ||
        curl_multi_add_handle(h->multi, h->easy) != CURLM_OK)
        goto out;
    e = run(h);
    curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, status);
    curl_multi_remove_handle(h->multi, h->easy);
out:
    relay_curl_free_headers(headers);
    return e;
}

enum err relay_http_call(struct relay_http *h, const struct relay_call *c, struct relay_answer *out)
{
    struct relay_answer a = {0};
    enum err e;

    h->answer = &a;
    e = perform(h, c, &a.status);
    h->answer = NULL;
    if (e != OK) {
        free(a.bytes);
        return e;
    }
    *out = a;
    return OK;
}

enum err relay_http_stream(struct relay_http *h, const struct relay_call *c, relay_http_fn *fn, void *arg, long *status)
{
    enum err e;

    *status = 0;
    h->answer = NULL;
    h->fn = fn;
    h->arg = arg;
    e = perform(h, c, status);
    /* The relay refused, with a sentence as its body. */
    return e == ERR_PEER && *status != 200 && *status != 0 ? OK : e;
}
