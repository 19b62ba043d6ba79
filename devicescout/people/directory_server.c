/* SPDX-License-Identifier: Apache-2.0 */
/* directory_server: libldap, one handle a connection; nothing global, no referrals, no aliases, each call timed. */
#include "devicescout/people/directory_server.h"

#include <ldap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"

#define TLS_LEAST LDAP_OPT_X_TLS_PROTOCOL_TLS1_2
/* GnuTLS's words for the same, and nothing weaker than 128 bits. */
#define TLS_PRIORITY "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct attempt {
    const struct directory_settings *s;
    const char *uri;
    uint64_t deadline_boot_ms;
};

struct found { /* the one entry */
    LDAPMessage *result;
    char *dn;
    struct berval **person, **account, **sid;
};

static void found_free(struct found *f)
{
    ldap_value_free_len(f->person);
    ldap_value_free_len(f->account);
    ldap_value_free_len(f->sid);
    ldap_memfree(f->dn);
    ldap_msgfree(f->result);
}

static void handle_free(LDAP *ld)
{
    if (ld != NULL)
        ldap_unbind_ext(ld, NULL, NULL);
}

/* One log line for a server's failure. Its own words are the administrator's best hint; they hold no name of ours. */
static enum directory_outcome failed(const struct attempt *a, LDAP *ld, const char *step, int rc)
{
    char *detail = NULL;

    if (ld != NULL)
        ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &detail);
    log_warn("directory_failed", "uri=%s step=%s code=%d why=%s detail=%s", a->uri, step, rc, ldap_err2string(rc),
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

/* What is left of the time becomes the limit of the next call. LDAP_TIMEOUT: nothing is left. */
static int set_time(const struct attempt *a, LDAP *ld, struct timeval *left)
{
    uint64_t now = clock_boot_ms();
    uint64_t ms;

    if (now >= a->deadline_boot_ms)
        return LDAP_TIMEOUT;
    ms = a->deadline_boot_ms - now;
    *left = (struct timeval){.tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
    if (ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, left) != LDAP_OPT_SUCCESS ||
        ldap_set_option(ld, LDAP_OPT_TIMEOUT, left) != LDAP_OPT_SUCCESS)
        return LDAP_LOCAL_ERROR;
    return LDAP_SUCCESS;
}

static int set_tls(const struct directory_settings *s, LDAP *ld)
{
    int demand = LDAP_OPT_X_TLS_DEMAND, least = TLS_LEAST, client = 0;

    if (ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, s->ca_file) != LDAP_OPT_SUCCESS ||
        ldap_set_option(ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) != LDAP_OPT_SUCCESS ||
        ldap_set_option(ld, LDAP_OPT_X_TLS_PROTOCOL_MIN, &least) != LDAP_OPT_SUCCESS ||
        ldap_set_option(ld, LDAP_OPT_X_TLS_CIPHER_SUITE, TLS_PRIORITY) != LDAP_OPT_SUCCESS ||
        ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &client) != LDAP_OPT_SUCCESS)
        return LDAP_LOCAL_ERROR;
    return LDAP_SUCCESS;
}

/* Believe the connection, not the settings: a library that ignored one of them must not cost a password. */
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

static int connect_tls(const struct attempt *a, LDAP *ld)
{
    int version = LDAP_VERSION3;
    struct timeval left;
    int rc;

    if (ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version) != LDAP_OPT_SUCCESS ||
        ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) != LDAP_OPT_SUCCESS)
        return LDAP_LOCAL_ERROR;
    if ((rc = set_tls(a->s, ld)) != LDAP_SUCCESS)
        return rc;
    if ((rc = set_time(a, ld, &left)) != LDAP_SUCCESS)
        return rc;
    if (a->s->starttls && strncmp(a->uri, "ldap://", 7) == 0)
        rc = ldap_start_tls_s(ld, NULL, NULL);
    else
        rc = ldap_connect(ld);
    return rc != LDAP_SUCCESS ? rc : check_tls(ld);
}

static enum directory_outcome server_open(const struct attempt *a, LDAP **out)
{
    LDAP *ld = NULL;
    int rc = ldap_initialize(&ld, a->uri);

    if (rc == LDAP_SUCCESS)
        rc = connect_tls(a, ld);
    if (rc != LDAP_SUCCESS) {
        enum directory_outcome o = failed(a, ld, "connect", rc);

        handle_free(ld);
        return o;
    }
    *out = ld; /* the caller owns it now */
    return DIRECTORY_YES;
}

static int bind_as(const struct attempt *a, LDAP *ld, const char *dn, const char *password)
{
    struct berval secret = {.bv_len = strlen(password)};
    struct timeval left;
    int rc = set_time(a, ld, &left);

    if (rc != LDAP_SUCCESS)
        return rc;
    secret.bv_val = (char *)(uintptr_t)password; /* libldap only reads it */
    return ldap_sasl_bind_s(ld, dn, LDAP_SASL_SIMPLE, &secret, NULL, NULL, NULL);
}

static int search(const struct attempt *a, LDAP *ld, const char *base, int scope, const char *filter,
                  const char *const *attributes, LDAPMessage **out)
{
    char *names[4] = {NULL};
    struct timeval left;
    int rc = set_time(a, ld, &left);

    if (rc != LDAP_SUCCESS)
        return rc;
    for (size_t i = 0; i < 3 && attributes[i] != NULL; i++)
        names[i] = (char *)(uintptr_t)attributes[i];
    /* Two are enough to know that there is not one. */
    return ldap_search_ext_s(ld, base, scope, filter, names, 0, NULL, NULL, &left, 2, out);
}

/* The one value of the person attribute is who this is; none, several or an unclean one is nobody. */
static enum directory_outcome read_person(const struct attempt *a, const struct found *f,
                                          char person[static PERSON_SIZE])
{
    if (f->person == NULL || f->person[0] == NULL || f->person[1] != NULL || f->person[0]->bv_len == 0 ||
        f->person[0]->bv_len >= PERSON_SIZE || !text_is_clean(f->person[0]->bv_val, f->person[0]->bv_len)) {
        log_warn("directory_failed", "uri=%s step=person attribute=%s why=not one clean value", a->uri,
                 a->s->person_attribute);
        return DIRECTORY_MISCONFIGURED;
    }
    memcpy(person, f->person[0]->bv_val, f->person[0]->bv_len);
    person[f->person[0]->bv_len] = '\0';
    return DIRECTORY_YES;
}

static enum directory_outcome find(const struct attempt *a, LDAP *ld, const char *name, struct found *f)
{
    const char *const attributes[] = {a->s->person_attribute, "sAMAccountName", "objectSid", NULL};
    char filter[DIRECTORY_FILTER_MAX];
    LDAPMessage *entry;
    int rc;

    if (directory_filter_write(a->s->filter, name, filter, sizeof filter) != OK)
        return DIRECTORY_NO;
    rc = search(a, ld, a->s->base, LDAP_SCOPE_SUBTREE, filter, attributes, &f->result);
    if (rc == LDAP_SIZELIMIT_EXCEEDED)
        return DIRECTORY_NO; /* several hits are no hit */
    if (rc != LDAP_SUCCESS)
        return failed(a, ld, "search", rc);
    if (ldap_count_entries(ld, f->result) != 1 || (entry = ldap_first_entry(ld, f->result)) == NULL)
        return DIRECTORY_NO;
    if ((f->dn = ldap_get_dn(ld, entry)) == NULL || f->dn[0] == '\0')
        return DIRECTORY_NO; /* binding as "" would be anonymous */
    f->person = ldap_get_values_len(ld, entry, a->s->person_attribute);
    f->account = ldap_get_values_len(ld, entry, "sAMAccountName");
    f->sid = ldap_get_values_len(ld, entry, "objectSid");
    return DIRECTORY_YES;
}

/* For servers without "Who am I?": the new connection must be able to read that very entry. */
static enum directory_outcome sees_itself(const struct attempt *a, LDAP *ld, const struct found *f)
{
    static const char *const none[] = {LDAP_NO_ATTRS, NULL};
    LDAPMessage *result = NULL, *entry;
    char *dn = NULL;
    int rc = search(a, ld, f->dn, LDAP_SCOPE_BASE, "(objectClass=*)", none, &result);
    enum directory_outcome o = DIRECTORY_NO;

    if (rc != LDAP_SUCCESS) {
        o = failed(a, ld, "base-search", rc);
    } else if (ldap_count_entries(ld, result) == 1 && (entry = ldap_first_entry(ld, result)) != NULL) {
        dn = ldap_get_dn(ld, entry);
        if (dn != NULL && directory_same_dn(dn, f->dn))
            o = DIRECTORY_YES;
    }
    ldap_memfree(dn);
    ldap_msgfree(result);
    return o;
}

/* A bind that succeeded is not yet a proof: some servers answer "success" and stay anonymous. */
static enum directory_outcome who_am_i(const struct attempt *a, LDAP *ld, const struct found *f)
{
    struct directory_entry entry = {.dn = f->dn};
    struct berval *authzid = NULL;
    struct timeval left;
    enum directory_outcome o = DIRECTORY_NO;
    int rc = set_time(a, ld, &left);

    if (rc == LDAP_SUCCESS)
        rc = ldap_whoami_s(ld, &authzid, NULL, NULL);
    if (rc == LDAP_PROTOCOL_ERROR || rc == LDAP_NOT_SUPPORTED)
        return sees_itself(a, ld, f);
    if (rc != LDAP_SUCCESS)
        return failed(a, ld, "whoami", rc);
    if (f->account != NULL && f->account[0] != NULL)
        entry.account = f->account[0]->bv_val;
    if (f->sid != NULL && f->sid[0] != NULL) {
        entry.sid = (const uint8_t *)f->sid[0]->bv_val;
        entry.sid_len = f->sid[0]->bv_len;
    }
    if (authzid != NULL && authzid->bv_val != NULL && directory_is_entry(authzid->bv_val, authzid->bv_len, &entry))
        o = DIRECTORY_YES;
    else
        log_warn("directory_failed", "uri=%s step=whoami why=the connection is not who it was bound as", a->uri);
    ber_bvfree(authzid);
    return o;
}

/* On a connection of its own, so that nothing the service may do is left on it. */
static enum directory_outcome be_the_person(const struct attempt *a, const struct found *f, const char *password)
{
    LDAP *ld = NULL;
    enum directory_outcome o = server_open(a, &ld);
    int rc;

    if (o != DIRECTORY_YES)
        return o;
    rc = bind_as(a, ld, f->dn, password);
    switch (rc) {
    case LDAP_SUCCESS:
        o = who_am_i(a, ld, f);
        break;
    case LDAP_SERVER_DOWN:
    case LDAP_CONNECT_ERROR:
    case LDAP_TIMEOUT:
    case LDAP_BUSY:
    case LDAP_UNAVAILABLE:
        o = failed(a, ld, "user-bind", rc);
        break;
    default: /* wrong password, locked, expired, disabled */
        o = DIRECTORY_NO;
    }
    handle_free(ld);
    return o;
}

enum directory_outcome directory_server_ask(const struct directory_settings *s, const char *uri,
                                            uint64_t deadline_boot_ms, const struct directory_question *q,
                                            char person[static PERSON_SIZE])
{
    struct attempt a = {.s = s, .uri = uri, .deadline_boot_ms = deadline_boot_ms};
    struct found f = {NULL};
    LDAP *ld = NULL;
    enum directory_outcome o;
    int rc;

    person[0] = '\0';
    if (q->password[0] == '\0')
        return DIRECTORY_NO; /* a bind with a name and no password is anonymous, RFC 4513 §5.1.2 */
    if ((o = server_open(&a, &ld)) != DIRECTORY_YES)
        return o;
    if (s->bind_dn[0] != '\0' && (rc = bind_as(&a, ld, s->bind_dn, s->password)) != LDAP_SUCCESS) {
        o = failed(&a, ld, "service-bind", rc);
        goto out;
    }
    if ((o = find(&a, ld, q->name, &f)) != DIRECTORY_YES)
        goto out;
    if ((o = read_person(&a, &f, person)) != DIRECTORY_YES)
        goto out;
    if (q->gate != NULL && q->gate(q->gate_arg, person) != OK) {
        o = DIRECTORY_TOO_OFTEN;
        goto out;
    }
    o = be_the_person(&a, &f, q->password);
out:
    found_free(&f);
    handle_free(ld);
    return o;
}
