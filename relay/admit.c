/* SPDX-License-Identifier: Apache-2.0 */
/* admit: see admit.h. */
#include "relay/admit.h"

#include <netinet/in.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "proto/certificate.h"
#include "relay/routes.h"

#define REFUSE(code, text)                                                                                             \
    (struct refusal)                                                                                                   \
    {                                                                                                                  \
        .status = (code), .sentence = (text)                                                                           \
    }
#define ADMITTED REFUSE(0, NULL)

enum err admit_number(const char *text, uint64_t most, uint64_t *out)
{
    uint64_t v = 0;

    if (*text == '\0')
        return ERR_FORMAT;
    for (; *text != '\0'; text++) {
        uint64_t digit = (uint64_t)(*text - '0');

        if (*text < '0' || *text > '9')
            return ERR_FORMAT;
        if (digit > most || v > (most - digit) / 10)
            return ERR_LIMIT;
        v = v * 10 + digit;
    }
    *out = v;
    return OK;
}

struct framing {
    unsigned lengths, codings, authorizations;
    const char *length, *coding;
};

static enum MHD_Result count_header(void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
    struct framing *f = cls;

    (void)kind;
    if (strcasecmp(key, "Content-Length") == 0) {
        f->lengths++;
        f->length = value;
    } else if (strcasecmp(key, "Transfer-Encoding") == 0) {
        f->codings++;
        f->coding = value;
    } else if (strcasecmp(key, "Authorization") == 0) {
        f->authorizations++;
    }
    return MHD_YES;
}

/* Two readings of where a body ends are how requests are smuggled past a proxy: anything but one clear word is refused.
 */
static struct refusal check_framing(const struct request *r, uint64_t *announced)
{
    struct framing f = {0};

    MHD_get_connection_values(r->connection, MHD_HEADER_KIND, count_header, &f);
    if (f.lengths + f.codings > 1 || f.authorizations > 1)
        return REFUSE(MHD_HTTP_BAD_REQUEST, "The headers contradict each other.");
    if (f.coding != NULL && strcasecmp(f.coding, "chunked") != 0)
        return REFUSE(MHD_HTTP_BAD_REQUEST, "No transfer coding but chunked is known here.");
    if (f.length != NULL && admit_number(f.length == NULL ? "" : f.length, UINT64_MAX / 2, announced) != OK)
        return REFUSE(MHD_HTTP_BAD_REQUEST, "The Content-Length is not a number.");
    return ADMITTED;
}

/* The 64 hex digits of "Authorization: Bearer …", or NULL. */
static const char *bearer(const struct request *r)
{
    const char *value = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "Authorization");

    return value != NULL && strncasecmp(value, "Bearer ", 7) == 0 ? value + 7 : NULL;
}

static struct refusal check_session(struct request *r, const char *token)
{
    struct server *s = r->server;

    if (sessions_find(s->sessions, token, clock_boot_ms(), &r->session) != OK)
        return REFUSE(MHD_HTTP_UNAUTHORIZED, "The session is unknown or over; make a new one.");
    if ((r->site = sites_find(s->sites, r->session.site)) == NULL)
        return REFUSE(MHD_HTTP_FORBIDDEN, "This relay does not serve that site.");
    conns_trust(s->conns, r->conn, r->session.site, r->session.node);
    if (route_has_site(r->route) && !id_equal(r->path.site, r->session.site))
        return REFUSE(MHD_HTTP_FORBIDDEN, "The session belongs to another site.");
    if (r->route->need == NEED_DEVICESCOUT && (r->session.roles & ROLE_DEVICESCOUT) == 0)
        return REFUSE(MHD_HTTP_FORBIDDEN, "Only a device scout may do this.");
    return ADMITTED;
}

/* The token itself; whether the door is open is asked when it is used. */
static struct refusal check_door(struct request *r, const char *token)
{
    uint8_t bytes[SESSION_TOKEN_LEN], hash[crypto_hash_sha256_BYTES];
    int fits = hex_read(token, bytes, sizeof bytes) == OK;

    _Static_assert(crypto_hash_sha256_BYTES == ENGINE_DOOR_LEN, "a door is a SHA-256");
    if (fits) {
        crypto_hash_sha256(hash, bytes, sizeof bytes);
        sodium_memzero(bytes, sizeof bytes);
        fits = sodium_memcmp(hash, r->path.door, sizeof hash) == 0;
    }
    if (!fits || (r->site = sites_find(r->server->sites, r->path.site)) == NULL)
        return REFUSE(MHD_HTTP_FORBIDDEN, "This door is not open.");
    return ADMITTED;
}

static int is_nearby(const struct request *r)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info != NULL ? info->client_addr : NULL;

    if (address == NULL)
        return 0;
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;

        memcpy(&v4, address, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;

        memcpy(&v6, address, sizeof v6);
        return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) ||
               (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) && v6.sin6_addr.s6_addr[12] == IN_LOOPBACKNET);
    }
    return 0;
}

static struct refusal check_client(struct request *r)
{
    const char *token = bearer(r);

    switch (r->route->need) {
    case NEED_NOTHING:
        if (route_has_site(r->route) && (r->site = sites_find(r->server->sites, r->path.site)) == NULL)
            return REFUSE(MHD_HTTP_NOT_FOUND, "This relay does not serve that site.");
        return ADMITTED;
    case NEED_SESSION:
    case NEED_DEVICESCOUT:
        if (token == NULL)
            return REFUSE(MHD_HTTP_UNAUTHORIZED, "This needs a session.");
        return check_session(r, token);
    case NEED_DOOR:
        if (token == NULL)
            return REFUSE(MHD_HTTP_UNAUTHORIZED, "This needs a join token.");
        return check_door(r, token);
    case NEED_NEARBY:
        if (r->server->settings->metrics_public || is_nearby(r))
            return ADMITTED;
        break;
    }
    return REFUSE(MHD_HTTP_FORBIDDEN, "This is not for you.");
}

struct refusal admit(struct request *r, const char *method, const char *url, uint64_t *announced)
{
    struct refusal no;

    no = check_framing(r, announced);
    if (no.status != 0)
        return no;
    if (routes_find(method, url, &r->route, &r->path) != OK)
        return REFUSE(MHD_HTTP_NOT_FOUND, "There is no such route.");
    no = check_client(r);
    if (no.status != 0)
        return no;
    if (*announced > r->route->body_max)
        return REFUSE(MHD_HTTP_CONTENT_TOO_LARGE, "The body is longer than this route takes.");
    return ADMITTED;
}
