/* SPDX-License-Identifier: Apache-2.0 */
/* directory_connection: libldap with options of this handle alone: nothing global, no referrals, no defaults. */
#include "devicescout/people/directory_connection.h"

#include <string.h>
#include <sys/time.h>

#include "base/clock.h"
#include "base/log.h"

/* Not LDAP_OPT_X_TLS_CIPHER_SUITE as well: libldap 2.5 then loses 8 kB with each connection. */
#define TLS_LEAST LDAP_OPT_X_TLS_PROTOCOL_TLS1_2

/* A server's own words are the administrator's best hint; they hold no name and no password of ours. */
enum directory_outcome connection_failed(const struct connection *c, const char *step, int rc)
{
    char *detail = NULL;

    if (c->ld != NULL)
        ldap_get_option(c->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &detail);
    log_warn("directory_failed", "uri=%s step=%s code=%d why=%s detail=%s", c->uri, step, rc, ldap_err2string(rc),
             detail != NULL ? detail : "");
    ldap_memfree(detail);
    switch (rc) {
    case LDAP_SERVER_DOWN:
    case LDAP_CONNECT_ERROR:
    case LDAP_TIMEOUT:
    case LDAP_TIMELIMIT_EXCEEDED:
    case LDAP_BUSY:
    case LDAP_UNAVAILABLE:
        return DIRECTORY_DOWN;
    default:
        return DIRECTORY_MISCONFIGURED;
    }
}

int connection_time(const struct connection *c, struct timeval *left)
{
    const uint64_t now = clock_boot_ms();
    uint64_t ms;

    if (now >= c->deadline_boot_ms)
        return LDAP_TIMEOUT;
    ms = c->deadline_boot_ms - now;
    *left = (struct timeval){.tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
    if (ldap_set_option(c->ld, LDAP_OPT_NETWORK_TIMEOUT, left) != LDAP_OPT_SUCCESS ||
        ldap_set_option(c->ld, LDAP_OPT_TIMEOUT, left) != LDAP_OPT_SUCCESS)
        return LDAP_LOCAL_ERROR;
    return LDAP_SUCCESS;
}

/* Where libldap keeps its own time it is first, and names the step. */
#define WATCHDOG_LATER_MS 200

/* TCP is there and TLS comes next, which libldap does without any time limit. */
static int on_connected(LDAP *ld, Sockbuf *sb, LDAPURLDesc *url, struct sockaddr *address, struct ldap_conncb *cb)
{
    struct connection *c = cb->lc_arg;
    ber_socket_t fd;

    (void)ld, (void)url, (void)address;
    watchdog_forget(c->settings->watchdog, c->watch); /* of an address that did not work out */
    c->watch = NULL;
    if (ber_sockbuf_ctrl(sb, LBER_SB_OPT_GET_FD, &fd) != 1 ||
        watchdog_watch(c->settings->watchdog, fd, c->deadline_boot_ms + WATCHDOG_LATER_MS, &c->watch) != OK)
        return LDAP_LOCAL_ERROR;
    return LDAP_SUCCESS;
}

static void on_closing(LDAP *ld, Sockbuf *sb, struct ldap_conncb *cb)
{
    (void)ld, (void)sb, (void)cb;
}

static int set_options(struct connection *c)
{
    int version = LDAP_VERSION3, demand = LDAP_OPT_X_TLS_DEMAND, least = TLS_LEAST, client = 0;

    c->callbacks = (struct ldap_conncb){.lc_add = on_connected, .lc_del = on_closing, .lc_arg = c};
    if (ldap_set_option(c->ld, LDAP_OPT_PROTOCOL_VERSION, &version) != LDAP_OPT_SUCCESS ||
        ldap_set_option(c->ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) != LDAP_OPT_SUCCESS ||
        ldap_set_option(c->ld, LDAP_OPT_CONNECT_CB, &c->callbacks) != LDAP_OPT_SUCCESS ||
        ldap_set_option(c->ld, LDAP_OPT_X_TLS_CACERTFILE, c->settings->ca_file) != LDAP_OPT_SUCCESS ||
        ldap_set_option(c->ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) != LDAP_OPT_SUCCESS ||
        ldap_set_option(c->ld, LDAP_OPT_X_TLS_PROTOCOL_MIN, &least) != LDAP_OPT_SUCCESS ||
        ldap_set_option(c->ld, LDAP_OPT_X_TLS_NEWCTX, &client) != LDAP_OPT_SUCCESS)
        return LDAP_LOCAL_ERROR;
    return LDAP_SUCCESS;
}

/* Believe the connection, not the options: a library that ignored one of them must not cost a password. */
static int check_tls(LDAP *ld)
{
    char *version = NULL;
    int ok;

    if (!ldap_tls_inplace(ld))
        return LDAP_CONNECT_ERROR;
    if (ldap_get_option(ld, LDAP_OPT_X_TLS_VERSION, &version) != LDAP_OPT_SUCCESS || version == NULL)
        return LDAP_CONNECT_ERROR;
    ok = strcmp(version, "TLS1.2") == 0 || strcmp(version, "TLS1.3") == 0;
    ldap_memfree(version);
    return ok ? LDAP_SUCCESS : LDAP_CONNECT_ERROR;
}

static int connect_tls(struct connection *c)
{
    struct timeval left;
    int rc;

    if ((rc = ldap_initialize(&c->ld, c->uri)) != LDAP_SUCCESS || (rc = set_options(c)) != LDAP_SUCCESS ||
        (rc = connection_time(c, &left)) != LDAP_SUCCESS)
        return rc;
    if (c->settings->starttls && strncmp(c->uri, "ldap://", 7) == 0)
        rc = ldap_start_tls_s(c->ld, NULL, NULL);
    else
        rc = ldap_connect(c->ld);
    return rc != LDAP_SUCCESS ? rc : check_tls(c->ld);
}

enum directory_outcome connection_open(struct connection *c, const struct directory_settings *s, const char *uri,
                                       uint64_t deadline_boot_ms)
{
    enum directory_outcome o = DIRECTORY_YES;
    int rc;

    *c = (struct connection){.settings = s, .uri = uri, .deadline_boot_ms = deadline_boot_ms};
    if ((rc = connect_tls(c)) != LDAP_SUCCESS) {
        o = connection_failed(c, "connect", rc);
        connection_close(c);
    }
    return o;
}

void connection_close(struct connection *c)
{
    if (c->settings == NULL)
        return;
    if (c->ld != NULL)
        ldap_unbind_ext(c->ld, NULL, NULL);
    watchdog_forget(c->settings->watchdog, c->watch);
    *c = (struct connection){0};
}
