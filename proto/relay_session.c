/* SPDX-License-Identifier: Apache-2.0 */
/* relay_session: see relay_session.h. */
#include "proto/relay_session.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/label.h"

#define CALL_TIMEOUT_S 30
#define NONCE_LEN      32
#define ERROR_TEXT_MAX 4096 /* what a refused call may explain; nobody reads it, it is only let pass */

enum err relay_new(const struct relay_opts *opts, struct relay **out)
{
    struct relay *r = NULL;
    enum err e = ERR_FORMAT;

    if (!relay_url_is_sound(opts->url) || strlen(opts->url) >= RELAY_URL_SIZE)
        goto out;
    e = ERR_NOMEM;
    if ((r = calloc(1, sizeof *r)) == NULL || (r->url = strdup(opts->url)) == NULL)
        goto out;
    memcpy(r->pin, opts->pin, PIN_LEN);
    if (opts->keys != NULL) {
        r->keys = opts->keys;
        memcpy(r->certificate, opts->certificate, CERTIFICATE_LEN);
        memcpy(r->site_public, opts->site_public, KEY_LEN);
    }
    if ((e = relay_http_new(r->url, r->pin, &r->calls)) != OK || (e = relay_http_new(r->url, r->pin, &r->stream)) != OK)
        goto out;
    *out = r; /* the caller owns it now */
    r = NULL;
    e = OK;
out:
    relay_free(r);
    return e;
}

void relay_free(struct relay *r)
{
    if (r == NULL)
        return;
    relay_http_free(r->calls);
    relay_http_free(r->stream);
    secret_wipe(r->token, sizeof r->token);
    free(r->url);
    free(r);
}

void relay_stop(struct relay *r)
{
    relay_http_stop(r->calls);
    relay_http_stop(r->stream);
}

enum err relay_from_status(long status)
{
    switch (status) {
    case 200:
    case 201:
    case 202:
    case 204:
        return OK;
    case 401:
        return ERR_AUTH;
    case 403:
        return ERR_REFUSED;
    case 404:
        return ERR_NOTFOUND;
    case 409:
        return ERR_STALE;
    case 413:
        return ERR_LIMIT;
    case 429:
        return ERR_FULL;
    default:
        return ERR_PEER;
    }
}

enum err relay_call_plain(struct relay *r, const struct relay_call *c, struct relay_answer *out)
{
    struct relay_call bounded = *c;

    if (bounded.answer_max < ERROR_TEXT_MAX)
        bounded.answer_max = ERROR_TEXT_MAX;
    if (bounded.timeout_s == 0)
        bounded.timeout_s = CALL_TIMEOUT_S;
    return relay_http_call(r->calls, &bounded, out);
}

static enum err get_nonce(struct relay *r, uint8_t nonce[static NONCE_LEN])
{
    struct relay_answer a = {0};
    enum err e;

    if ((e = relay_call_plain(r, &(struct relay_call){.method = "GET", .path = "/v1/nonce"}, &a)) != OK)
        return e;
    e = ERR_PEER;
    if (a.status == 200 && a.len == NONCE_LEN) {
        memcpy(nonce, a.bytes, NONCE_LEN);
        e = OK;
    }
    free(a.bytes);
    return e;
}

/* The body of POST /v1/session. */
static enum err write_claim(const struct relay *r, const uint8_t nonce[static NONCE_LEN], struct wbuf *out)
{
    uint8_t signed_bytes[NONCE_LEN + PIN_LEN + 2 + RELAY_URL_SIZE], signature[SIGNATURE_LEN];
    struct wbuf w = wbuf_of(signed_bytes, sizeof signed_bytes);
    enum err e;

    if ((e = wbuf_copy(&w, nonce, NONCE_LEN)) != OK || (e = wbuf_copy(&w, r->pin, PIN_LEN)) != OK ||
        (e = wbuf_text16(&w, r->url)) != OK)
        return e;
    if ((e = SIGN(LABEL_RELAY_AUTH, signed_bytes, w.len, r->keys->sign_secret, signature)) != OK)
        return e;
    if ((e = wbuf_copy(out, r->site_public, KEY_LEN)) != OK ||
        (e = wbuf_copy(out, r->certificate, CERTIFICATE_LEN)) != OK || (e = wbuf_copy(out, nonce, NONCE_LEN)) != OK)
        return e;
    return wbuf_copy(out, signature, SIGNATURE_LEN);
}

static enum err keep_token(struct relay *r, const struct relay_answer *a)
{
    uint8_t bytes[(RELAY_TOKEN_SIZE - 1) / 2];
    enum err e = ERR_PEER;

    if (a->len == RELAY_TOKEN_SIZE - 1) {
        memcpy(r->token, a->bytes, a->len);
        r->token[a->len] = '\0';
        if (hex_read(r->token, bytes, sizeof bytes) == OK) /* nothing else may get into a header */
            e = OK;
    }
    if (e != OK)
        r->token[0] = '\0';
    secret_wipe(bytes, sizeof bytes);
    return e;
}

enum err relay_sign_in(struct relay *r)
{
    uint8_t nonce[NONCE_LEN], claim[KEY_LEN + CERTIFICATE_LEN + NONCE_LEN + SIGNATURE_LEN];
    struct wbuf w = wbuf_of(claim, sizeof claim);
    struct relay_answer a = {0};
    enum err e;

    r->token[0] = '\0';
    if (r->keys == NULL)
        return ERR_STATE;
    if ((e = get_nonce(r, nonce)) != OK || (e = write_claim(r, nonce, &w)) != OK)
        return e;
    e = relay_call_plain(r, &(struct relay_call){.method = "POST", .path = "/v1/session", .body = claim, .len = w.len},
                         &a);
    if (e != OK)
        return e;
    if ((e = relay_from_status(a.status)) == OK)
        e = keep_token(r, &a);
    /* 401 is no other key here, which is what ERR_AUTH tells callers: the relay does not know itself by this URL. */
    else if (e == ERR_AUTH)
        e = ERR_REFUSED;
    if (a.bytes != NULL)
        secret_wipe(a.bytes, a.len);
    free(a.bytes);
    return e;
}

enum err relay_call_signed_in(struct relay *r, struct relay_call *c)
{
    struct relay_answer a = {0};
    enum err e = OK;

    for (int attempt = 0; attempt < 2; attempt++) {
        if (r->token[0] == '\0' && (e = relay_sign_in(r)) != OK)
            return e;
        c->token = r->token;
        if ((e = relay_call_plain(r, c, &a)) != OK)
            return e;
        free(a.bytes);
        if (a.status != 401)
            return relay_from_status(a.status);
        r->token[0] = '\0'; /* its hour is over, or the relay was restarted */
    }
    return ERR_REFUSED;
}
