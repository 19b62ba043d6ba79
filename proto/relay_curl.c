/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relay_curl: see relay_curl.h.
 *
 * Trust. The bulletin or the invitation names the SHA-256 of the relay's key, so that pin is the whole trust, and a
 * stronger one than any authority's word: CURLOPT_PINNEDPUBLICKEY compares it in the handshake, before the first byte
 * of HTTP, on every connection. CA and name are not checked, for a relay with an own CA must work as well, and a
 * certificate that some authority gave to somebody else for this name must not. (And what a relay carries is sealed
 * and signed anyway: the pin keeps tokens from strangers.)
 */
#include "proto/relay_curl.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define CONNECT_MS 10000

void relay_curl_pin(const uint8_t *pin, char out[static RELAY_CURL_PIN_SIZE])
{
    const size_t scheme = sizeof RELAY_CURL_PIN_SCHEME - 1;

    memcpy(out, RELAY_CURL_PIN_SCHEME, scheme);
    sodium_bin2base64(out + scheme, RELAY_CURL_PIN_SIZE - scheme, pin, RELAY_CURL_PIN_LEN,
                      sodium_base64_VARIANT_ORIGINAL);
}

/* Proxies are taken from the environment, as curl does: a scout in an office network must get out. */
CURLcode relay_curl_set(CURL *c, const char *pin)
{
    CURLcode rc = CURLE_OK;

#define SET(option, value)                                                                                             \
    if (rc == CURLE_OK)                                                                                                \
    rc = curl_easy_setopt(c, (option), (value))
    SET(CURLOPT_PROTOCOLS_STR, "https");
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_PINNEDPUBLICKEY, pin);
    SET(CURLOPT_SSL_VERIFYPEER, 0L);
    SET(CURLOPT_SSL_VERIFYHOST, 0L);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TCP_NODELAY, 1L);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
#undef SET
    return rc;
}

CURLcode relay_curl_body(CURL *easy, const struct relay_call *c)
{
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, c->method);

    if (rc == CURLE_OK && strcmp(c->method, "GET") == 0)
        rc = curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    if (rc == CURLE_OK && c->body != NULL)
        rc = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->len);
    if (rc == CURLE_OK && c->body != NULL)
        rc = curl_easy_setopt(easy, CURLOPT_POSTFIELDS, c->body);
    return rc;
}

static enum err add_header(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);

    if (longer == NULL)
        return ERR_NOMEM;
    *list = longer;
    return OK;
}

enum err relay_curl_headers(const struct relay_call *c, struct curl_slist **list)
{
    char line[32 + RELAY_TOKEN_SIZE];
    enum err e;

    /* "Expect:" without a value: no waiting a round trip for permission to send a few KiB. */
    if ((e = add_header(list, "Expect:")) != OK || (e = add_header(list, "Accept:")) != OK ||
        (e = add_header(list, "Content-Type: application/octet-stream")) != OK)
        return e;
    if (c->known_tag != NULL) {
        snprintf(line, sizeof line, "If-None-Match: \"%s\"", c->known_tag);
        if ((e = add_header(list, line)) != OK)
            return e;
    }
    if (c->token == NULL)
        return OK;
    snprintf(line, sizeof line, "Authorization: Bearer %s", c->token);
    e = add_header(list, line);
    sodium_memzero(line, sizeof line);
    return e;
}

void relay_curl_free_headers(struct curl_slist *list)
{
    for (struct curl_slist *l = list; l != NULL; l = l->next)
        sodium_memzero(l->data, strlen(l->data)); /* one of them is the token */
    curl_slist_free_all(list);
}

enum err relay_curl_err(CURLcode rc)
{
    switch (rc) {
    case CURLE_OK:
        return OK;
    case CURLE_OPERATION_TIMEDOUT:
        return ERR_TIMEOUT;
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return ERR_AUTH;
    case CURLE_OUT_OF_MEMORY:
        return ERR_NOMEM;
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9, or no HTTP at all */
    case CURLE_WEIRD_SERVER_REPLY:
        return ERR_PEER;
    default:
        return ERR_UNREACHABLE;
    }
}
