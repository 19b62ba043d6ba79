/* SPDX-License-Identifier: Apache-2.0 */
/* relay_curl: what libcurl is told about a relay: whom to trust, what to refuse, which headers. Only relay_http.c. */
#ifndef PROTO_RELAY_CURL_H
#define PROTO_RELAY_CURL_H

#include <curl/curl.h>

#include "proto/relay_http.h"

#define RELAY_CURL_PIN_LEN    32
#define RELAY_CURL_PIN_SCHEME "sha256//"
#define RELAY_CURL_PIN_SIZE   (sizeof RELAY_CURL_PIN_SCHEME + 44) /* with its NUL; 44: 32 bytes in base64 */

/* SHA-256 of a SubjectPublicKeyInfo as CURLOPT_PINNEDPUBLICKEY wants it. */
void relay_curl_pin(const uint8_t *pin, char out[static RELAY_CURL_PIN_SIZE]);

/* The options that all calls share. pin lives as long as the handle uses it. */
CURLcode relay_curl_set(CURL *c, const char *pin);

/* Method and body. The body is not copied. */
CURLcode relay_curl_body(CURL *easy, const struct relay_call *c);

MUST_USE enum err relay_curl_headers(const struct relay_call *c, struct curl_slist **list);
/* Wipes the token in it; NULL is fine. */
void relay_curl_free_headers(struct curl_slist *list);

/* What a transfer ended with, for a caller. */
enum err relay_curl_err(CURLcode rc);

#endif
