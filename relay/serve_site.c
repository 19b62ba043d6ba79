/* SPDX-License-Identifier: Apache-2.0 */
/* serve_site: signing in, and the bulletin. */
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "crypto/label.h"
#include "proto/certificate.h"
#include "relay/reply.h"
#include "relay/routes.h"
#include "relay/tls.h"

struct claim { /* the body of POST /v1/session, in its order */
    const uint8_t *site_public, *certificate, *nonce, *signature;
};

enum MHD_Result serve_nonce(struct request *r)
{
    uint8_t nonce[NONCE_LEN];

    nonces_make(&r->server->nonces, clock_boot_ms(), nonce);
    return reply_copy(r, MHD_HTTP_OK, "application/octet-stream", nonce, sizeof nonce);
}

static enum err read_claim(const struct request *r, struct claim *c)
{
    struct rbuf b = rbuf_of(r->body, r->body_len);
    enum err e;

    if ((e = rbuf_take(&b, KEY_LEN, &c->site_public)) != OK ||
        (e = rbuf_take(&b, CERTIFICATE_LEN, &c->certificate)) != OK ||
        (e = rbuf_take(&b, NONCE_LEN, &c->nonce)) != OK || (e = rbuf_take(&b, SIGNATURE_LEN, &c->signature)) != OK)
        return e;
    return rbuf_end(&b);
}

/* The node signs this relay's key and the URL that it used, so another relay cannot pass its signature on to us. */
static enum err check_signature(const struct server *s, const struct claim *c, const struct certificate *who)
{
    for (size_t i = 0; i < s->settings->urls_len; i++) {
        uint8_t bytes[NONCE_LEN + TLS_PIN_LEN + 2 + RELAY_URL_SIZE];
        struct wbuf w = wbuf_of(bytes, sizeof bytes);
        enum err e;

        if ((e = wbuf_copy(&w, c->nonce, NONCE_LEN)) != OK || (e = wbuf_copy(&w, tls_pin(), TLS_PIN_LEN)) != OK ||
            (e = wbuf_text16(&w, s->settings->urls[i])) != OK)
            return e;
        e = VERIFY(LABEL_RELAY_AUTH, bytes, w.len, who->sign_public, c->signature);
        if (e != ERR_AUTH)
            return e;
    }
    return ERR_AUTH;
}

/* Said of certified nodes only: strangers cannot fill the log. A wrong signature is most often a wrong "url" setting.
 */
static enum MHD_Result refuse_node(struct request *r, const struct certificate *who, unsigned status,
                                   const char *reason, const char *sentence)
{
    char site[ID_HEX_SIZE], node[ID_HEX_SIZE];

    log_warn("session_refused", "site=%s node=%s reason=%s", id_text(who->site, site), id_text(who->node, node),
             reason);
    return reply_error(r, status, sentence);
}

enum MHD_Result serve_session(struct request *r)
{
    struct server *s = r->server;
    uint64_t now = clock_boot_ms();
    char token[SESSION_TOKEN_HEX_SIZE];
    struct certificate who;
    struct session session;
    struct claim c;
    enum err e;

    if (read_claim(r, &c) != OK)
        return reply_error(r, MHD_HTTP_BAD_REQUEST, "A sign-in is site key, certificate, nonce and signature.");
    if ((r->site = sites_find(s->sites, verify_key_id(c.site_public))) == NULL)
        return reply_error(r, MHD_HTTP_FORBIDDEN, "This relay does not serve that site.");
    if (nonces_check(&s->nonces, now, c.nonce) != OK)
        return reply_error(r, MHD_HTTP_UNAUTHORIZED, "The nonce is not of this relay or too old; ask for another.");
    if (certificate_read(c.certificate, CERTIFICATE_LEN, c.site_public, &who) != OK)
        return reply_error(r, MHD_HTTP_FORBIDDEN, "The certificate is not of this site.");
    if (check_signature(s, &c, &who) != OK)
        return refuse_node(r, &who, MHD_HTTP_UNAUTHORIZED, "signature-or-url",
                           "The signature does not match this nonce, relay and URL.");
    if (r->site->bulletin != NULL && bulletin_is_revoked(r->site->bulletin, who.node))
        return refuse_node(r, &who, MHD_HTTP_FORBIDDEN, "revoked", "This node was revoked.");
    session = (struct session){.site = r->site->id, .node = who.node, .roles = who.roles};
    e = sessions_make(s->sessions, &session, c.nonce, now, token);
    if (e == ERR_REPLAY)
        return reply_error(r, MHD_HTTP_UNAUTHORIZED, "The nonce was used before; ask for another.");
    if (e == ERR_LIMIT)
        return refuse_node(r, &who, MHD_HTTP_TOO_MANY_REQUESTS, "too-often", "This node signs in too often.");
    if (e != OK)
        return reply_err(r, e);
    s->metrics.sessions_made++;
    conns_trust(s->conns, r->conn, session.site, session.node);
    return reply_copy(r, MHD_HTTP_OK, "text/plain; charset=utf-8", token, sizeof token - 1);
}

/* Scouts ask every quarter of an hour, mostly for what they have: the tag of its bytes tells. */
enum MHD_Result serve_bulletin(struct request *r)
{
    const char *known = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "If-None-Match");
    char tag[ID_HEX_SIZE + 2] = "";

    if (r->site->bytes == NULL)
        return reply_error(r, MHD_HTTP_NOT_FOUND, "This site has no bulletin here yet.");
    bulletin_tag(r->site->bytes, r->site->len, tag + 1);
    tag[0] = tag[ID_HEX_SIZE] = '"';
    if (known != NULL && strcmp(known, tag) == 0)
        return reply_empty(r, MHD_HTTP_NOT_MODIFIED);
    return reply_copy(r, MHD_HTTP_OK, "application/octet-stream", r->site->bytes, r->site->len);
}

/* Who was revoked is out at once, not when the session's hour is over. */
static void end_revoked(struct server *s, const struct site *site)
{
    const struct bulletin *b = site->bulletin;

    for (size_t i = 0; i < b->revoked_len; i++) {
        sessions_drop(s->sessions, site->id, b->revoked[i]);
        waiters_end(s->waiters, site->id, b->revoked[i]);
    }
}

enum MHD_Result serve_new_bulletin(struct request *r)
{
    struct server *s = r->server;
    char hex[ID_HEX_SIZE];
    enum err e = sites_take(s->sites, r->site, r->body, r->body_len);

    switch (e) {
    case OK:
        log_info("bulletin_taken", "site=%s version=%u", id_text(r->site->id, hex), r->site->bulletin->version);
        end_revoked(s, r->site);
        return reply_empty(r, MHD_HTTP_NO_CONTENT);
    case ERR_EXISTS:
        return reply_empty(r, MHD_HTTP_NO_CONTENT);
    case ERR_STALE:
        return reply_error(r, MHD_HTTP_CONFLICT, "A newer bulletin is here.");
    case ERR_REPLAY:
        log_error("bulletin_forked", "site=%s version=%u", id_text(r->site->id, hex), r->site->bulletin->version);
        return reply_error(r, MHD_HTTP_CONFLICT, "Another bulletin of this version is here.");
    case ERR_AUTH:
        return reply_error(r, MHD_HTTP_FORBIDDEN, "The bulletin is not signed by this site.");
    case ERR_FORMAT:
    case ERR_LIMIT:
    case ERR_UNSUPPORTED:
        return reply_error(r, MHD_HTTP_BAD_REQUEST, "These bytes are not a bulletin that this relay can read.");
    default:
        return reply_err(r, e);
    }
}
