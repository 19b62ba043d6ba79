/* SPDX-License-Identifier: Apache-2.0 */
/* post: one libcurl handle that is told nothing but where, whom to trust and what to say. */
#include "devicescout/reader/post.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "crypto/secret.h"

#define TIMEOUT_MS 5000
#define HEADER_MAX 256

struct post {
    CURL *curl;
    struct curl_slist *headers;
};

static size_t drop(char *bytes, size_t size, size_t count, void *arg)
{
    (void)bytes, (void)arg;
    return size * count;
}

static int set(struct post *p, const struct post_opts *o)
{
    char url[1024], bearer[HEADER_MAX];
    int ok = snprintf(url, sizeof url, "%s/api/v1/swipe", o->server) < (int)sizeof url &&
             snprintf(bearer, sizeof bearer, "Authorization: Bearer %s", o->token) < (int)sizeof bearer;
    struct curl_slist *more = ok ? curl_slist_append(NULL, bearer) : NULL;

    secret_wipe(bearer, sizeof bearer);
    p->headers = more;
    if (more == NULL || (more = curl_slist_append(more, "Content-Type: application/json")) == NULL ||
        (more = curl_slist_append(more, "Expect:")) == NULL)
        return 0;
    p->headers = more;
    return curl_easy_setopt(p->curl, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(p->curl, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
           curl_easy_setopt(p->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           (o->ca_file[0] == '\0' || curl_easy_setopt(p->curl, CURLOPT_CAINFO, o->ca_file) == CURLE_OK) &&
           curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, p->headers) == CURLE_OK &&
           curl_easy_setopt(p->curl, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS) == CURLE_OK &&
           curl_easy_setopt(p->curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(p->curl, CURLOPT_WRITEFUNCTION, drop) == CURLE_OK;
}

enum err post_new(const struct post_opts *opts, struct post **out)
{
    struct post *p = calloc(1, sizeof *p);
    enum err e = ERR_NOMEM;

    if (p == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || (p->curl = curl_easy_init()) == NULL)
        goto out;
    e = ERR_CONFIG;
    if (!set(p, opts))
        goto out;
    *out = p; /* the caller owns it now */
    p = NULL;
    e = OK;
out:
    post_free(p);
    return e;
}

void post_free(struct post *p)
{
    if (p == NULL)
        return;
    curl_easy_cleanup(p->curl);
    if (p->headers != NULL)
        secret_wipe(p->headers->data, strlen(p->headers->data)); /* the token */
    curl_slist_free_all(p->headers);
    free(p);
}

enum err post_badge(struct post *p, const char *badge)
{
    json_t *object = json_pack("{s:s}", "badge", badge);
    char *body = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;
    long status = 0;
    CURLcode rc = CURLE_OUT_OF_MEMORY;

    if (body != NULL && curl_easy_setopt(p->curl, CURLOPT_POSTFIELDS, body) == CURLE_OK)
        rc = curl_easy_perform(p->curl);
    if (body != NULL)
        secret_wipe(body, strlen(body));
    free(body);
    json_decref(object);
    if (rc != CURLE_OK) {
        log_warn("swipe_not_sent", "why=%s", curl_easy_strerror(rc));
        return ERR_UNREACHABLE;
    }
    curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &status);
    return status == 200 ? OK : status == 403 ? ERR_REFUSED : ERR_PEER;
}
